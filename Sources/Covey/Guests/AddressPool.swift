/// The loopback addresses from which each guest gets one of its own.
public struct AddressPool: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The first address that is given out.
  public let first: IPv4Address
  public let count: Int

  public init(first: IPv4Address, count: Int) {
    self.first = first
    self.count = count
  }

  /// 127.77.`block`.2 and the 1,021 addresses after it: room for many guests, and for several covey instances on
  /// one host that differ in their block.
  public static func standard(block: UInt8) -> AddressPool {
    let base = UInt32(127) << 24 | UInt32(77) << 16 | UInt32(block & 0xFC) << 8
    return AddressPool(first: IPv4Address(number: base + 2), count: 1022)
  }

  /// Where a template answers while it is being made warm: the one before the first, which no guest gets.
  public var warming: IPv4Address { IPv4Address(number: first.number - 1) }

  /// The lowest address that no guest holds; nil when all are taken.
  public func free(besides taken: Set<IPv4Address>) -> IPv4Address? {
    (0..<UInt32(count)).lazy.map { IPv4Address(number: first.number + $0) }
      .first { !taken.contains($0) }
  }

  public var description: String {
    "\(first) to \(IPv4Address(number: first.number + UInt32(count) - 1))"
  }
}
