/// The addresses from which each guest gets one of its own.
public struct AddressPool: Hashable, Sendable, CustomStringConvertible {
  /// The addresses that are given out, in this order; ranges that do not overlap.
  public let ranges: [ClosedRange<IPv4Address>]
  /// Where a template answers while it is being made warm: an address that no guest gets.
  public let warming: IPv4Address
  /// Addresses in the ranges that others hold.
  public let held: Set<IPv4Address>

  /// - `warming`: outside the ranges.
  public init(
    ranges: [ClosedRange<IPv4Address>], warming: IPv4Address, held: Set<IPv4Address> = []
  ) {
    self.ranges = ranges
    self.warming = warming
    self.held = held
  }

  /// So many addresses from the first one on; the one before the first is for templates that are made warm.
  public init(first: IPv4Address, count: Int) {
    let last = IPv4Address(number: first.number + UInt32(count) - 1)
    self.init(ranges: [first...last], warming: IPv4Address(number: first.number - 1))
  }

  /// 127.77.`block`.2 and the 1,021 addresses after it: room for many guests, and for several covey instances on
  /// one host that differ in their block.
  public static func standard(block: UInt8) -> AddressPool {
    let base = UInt32(127) << 24 | UInt32(77) << 16 | UInt32(block & 0xFC) << 8
    return AddressPool(first: IPv4Address(number: base + 2), count: 1022)
  }

  /// The first address that is given out.
  public var first: IPv4Address { ranges.first?.lowerBound ?? warming }

  /// How many addresses there are, those that others hold included.
  public var count: Int { ranges.reduce(0) { $0 + $1.numbers.count } }

  /// The same pool, without addresses that others hold.
  public func without(_ held: Set<IPv4Address>) -> AddressPool {
    AddressPool(ranges: ranges, warming: warming, held: self.held.union(held))
  }

  /// The first address that nobody holds; nil when all are taken.
  public func free(besides taken: Set<IPv4Address>) -> IPv4Address? {
    ranges.lazy.flatMap { $0.numbers.lazy.map(IPv4Address.init(number:)) }
      .first { !taken.contains($0) && !held.contains($0) }
  }

  public var description: String {
    ranges.map { "\($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", ")
  }
}

extension ClosedRange<IPv4Address> {
  var numbers: ClosedRange<UInt32> { lowerBound.number...upperBound.number }
}
