/// The IPv4 addresses that begin alike, such as `10.77.0.0/24`.
public struct IPv4Subnet: Hashable, Sendable, CustomStringConvertible {
  /// The lowest address of the subnet, which names it.
  public let base: IPv4Address
  /// How many bits all addresses share: 0 to 32.
  public let prefix: Int

  /// The subnet that an address is in.
  ///
  /// - `prefix`: 0 to 32; what is outside counts as the nearer of the two.
  public init(of address: IPv4Address, prefix: Int) {
    self.prefix = min(max(prefix, 0), 32)
    base = IPv4Address(number: address.number & Self.mask(self.prefix))
  }

  /// Reads `ADDRESS/PREFIX`; nil for anything else, an address inside the subnet in place of its lowest one included.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(String(parts[0])),
      let prefix = UInt8(parts[1]), String(prefix) == parts[1], prefix <= 32
    else { return nil }
    self.init(of: address, prefix: Int(prefix))
    guard base == address else { return nil }
  }

  /// The highest address, by which all machines of the subnet are spoken to.
  public var broadcast: IPv4Address {
    IPv4Address(number: base.number | ~Self.mask(prefix))
  }

  /// How many addresses there are, the lowest and the highest included.
  public var count: Int { 1 << (32 - prefix) }

  /// The addresses that machines may have: all but the lowest and the highest; nil where that leaves none.
  public var hosts: ClosedRange<IPv4Address>? {
    guard count >= 4 else { return nil }
    return IPv4Address(number: base.number + 1)...IPv4Address(number: broadcast.number - 1)
  }

  public func contains(_ address: IPv4Address) -> Bool {
    address.number & Self.mask(prefix) == base.number
  }

  public var description: String { "\(base)/\(prefix)" }

  private static func mask(_ prefix: Int) -> UInt32 { ~UInt32(0) << (32 - prefix) }
}
