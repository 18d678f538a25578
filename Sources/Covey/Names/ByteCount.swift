/// An amount of memory or disk space in bytes.
public struct ByteCount: Hashable, Sendable, Comparable {
  public let bytes: Int64

  public init(bytes: Int64) { self.bytes = bytes }

  public static func mebibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 20) }
  public static func gibibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 30) }

  /// Whole mebibytes, rounded down.
  public var mebibytes: Int64 { bytes >> 20 }

  /// Rounded up: file systems count in more than bytes.
  public var wholeMebibytes: ByteCount {
    ByteCount(bytes: bytes > Int64.max - (1 << 20) ? bytes : ((bytes + (1 << 20) - 1) >> 20) << 20)
  }

  /// Reads `512MiB`, `1GiB`, `64M`, `2G`, `1048576`. Units are binary: M and MiB are both 2^20.
  ///
  /// - Throws: `Refusal.malformedSize` for anything else, negative and overflowing amounts included.
  public init(_ text: String) throws(Refusal) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).lowercased()
    let shifts: [String: Int64] = [
      "": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30, "t": 40, "tib": 40,
    ]
    guard let count = Int64(digits), let shift = shifts[unit], count <= Int64.max >> shift else {
      throw .malformedSize(text)
    }
    bytes = count << shift
  }

  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
  public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
    ByteCount(bytes: left.bytes + right.bytes)
  }
}

extension ByteCount: CustomStringConvertible {
  /// The largest unit that divides the amount evenly, else one decimal: `512MiB`, `1.5GiB`.
  public var description: String {
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] {
      let size = Int64(1) << Int64(shift)
      guard bytes >= size else { continue }
      if bytes % size == 0 { return "\(bytes / size)\(unit)" }
      let tenths = (bytes % size) * 10 / size
      return "\(bytes / size).\(tenths)\(unit)"
    }
    return "\(bytes)B"
  }
}

extension ByteCount: Codable {
  public init(from decoder: any Decoder) throws { bytes = try Int64(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try bytes.encode(to: encoder) }
}
