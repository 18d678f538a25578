import Foundation

/// Numbers as people read them. Pure.
enum Figures {
  /// Three digits that count: `0.04`, `1.21`, `22.4`, `187`, `5,141`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    switch abs(value) {
    case 1000...: return grouped(Int(value.rounded()))
    case 100...: return String(format: "%.0f", value)
    case 10...: return String(format: "%.1f", value)
    case 0.1...: return String(format: "%.2f", value)
    default: return String(format: "%.3f", value)
    }
  }

  /// How many there were: `0`, `12`, `1.5`.
  static func count(_ value: Double) -> String {
    value == value.rounded() ? grouped(Int(value)) : short(value)
  }

  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }

  /// `22.4 (21.9-23.0)`.
  static func range(_ ratio: Ratio) -> String {
    "\(short(ratio.value)) (\(short(ratio.low))-\(short(ratio.high)))"
  }
}
