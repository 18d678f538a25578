/// An IPv4 address with the length of its network, `10.77.0.100/24`.
public struct NetworkAddress: Hashable, Sendable, Codable, CustomStringConvertible {
  public let address: IPv4Address
  public let prefix: Int

  public static let prefixAllowed = 8...32

  /// - Throws: `Refusal.malformedNetworkAddress` when it is not `A.B.C.D/PREFIX`, or no address that an interface can have.
  public init(_ text: String) throws(Refusal) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(String(parts[0])),
      let prefix = Int(parts[1]), Self.prefixAllowed.contains(prefix),
      !address.isLoopback, (1..<224).contains(address.number >> 24)
    else { throw .malformedNetworkAddress(text) }
    self.address = address
    self.prefix = prefix
  }

  /// Whether another address is in the same network.
  public func contains(_ other: IPv4Address) -> Bool {
    (address.number ^ other.number) >> UInt32(32 - prefix) == 0
  }

  public var description: String { "\(address)/\(prefix)" }
}

extension NetworkAddress {
  /// A stored address keeps to the same rule.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
