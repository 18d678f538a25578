import Foundation

/// Numbers as people read them.
enum Units {
  /// `64MiB`, `1.5GiB`, `512B`: the largest unit, one decimal where it does not divide evenly.
  static func bytes(_ count: Int64) -> String {
    for (unit, shift) in [("TiB", Int64(40)), ("GiB", 30), ("MiB", 20), ("KiB", 10)] {
      let size = Int64(1) << shift
      guard count >= size else { continue }
      if count % size == 0 { return "\(count / size)\(unit)" }
      return "\(count / size).\((count % size) * 10 / size)\(unit)"
    }
    return "\(count)B"
  }

  /// The bytes of `256MiB`, `1G` or `1048576` as the daemon reads them; nil for anything else.
  static func bytes(reading text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let shifts: [String: Int64] = [
      "": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30, "t": 40, "tib": 40,
    ]
    guard let count = Int64(digits), let shift = shifts[text.dropFirst(digits.count).lowercased()],
      count <= Int64.max >> shift
    else { return nil }
    return count << shift
  }

  /// `42 %`, or `-` while unmeasured.
  static func percent(_ value: Double?) -> String {
    value.map { "\(Int($0.rounded())) %" } ?? "-"
  }

  /// `12.3`, or `-` while unmeasured.
  static func rate(_ value: Double?) -> String { value.map { decimal($0) } ?? "-" }

  static func decimal(_ value: Double, digits: Int = 1) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// `0.8s`, `12s`, `3m05s`, `2h10m`.
  static func span(_ seconds: Double) -> String {
    if seconds < 9.95, seconds != seconds.rounded() { return "\(decimal(seconds))s" }
    let whole = Int(seconds.rounded())
    if whole < 120 { return "\(whole)s" }
    if whole < 7200 { return "\(whole / 60)m" + (whole % 60 == 0 ? "" : pad(whole % 60) + "s") }
    return "\(whole / 3600)h" + (whole % 3600 / 60 == 0 ? "" : pad(whole % 3600 / 60) + "m")
  }

  /// `1 guest`, `2 guests`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// A bar of `width` cells for a percentage: `[####    ]`.
  static func bar(_ percent: Double?, width: Int) -> String {
    let share = min(max((percent ?? 0) / 100, 0), 1)
    let full = Int((share * Double(width)).rounded())
    return "[" + String(repeating: "#", count: full) + String(repeating: " ", count: width - full)
      + "]"
  }

  private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
