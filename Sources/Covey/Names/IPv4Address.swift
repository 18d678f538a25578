/// An IPv4 address as a number, so that pools can count through it.
public struct IPv4Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let number: UInt32

  public init(number: UInt32) { self.number = number }

  /// Reads dotted decimal; nil for anything else, leading zeros and short forms included.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var number: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part), String(byte) == part else { return nil }
      number = number << 8 | UInt32(byte)
    }
    self.number = number
  }

  public var isLoopback: Bool { number >> 24 == 127 }

  public var description: String {
    [24, 16, 8, 0].map { String(number >> $0 & 0xFF) }.joined(separator: ".")
  }

  public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.number < right.number
  }
}

extension IPv4Address: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try String(from: decoder)
    guard let address = IPv4Address(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not an IPv4 address: \(text)"))
    }
    self = address
  }

  public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
