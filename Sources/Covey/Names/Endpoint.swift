/// An IPv4 address and a TCP port, `127.0.0.1:8080`.
public struct Endpoint: Hashable, Sendable, Codable, CustomStringConvertible {
  public let address: IPv4Address
  public let port: Int

  public init(address: IPv4Address, port: Int) {
    self.address = address
    self.port = port
  }

  /// - Throws: `Refusal.malformedEndpoint` when it is not `A.B.C.D:PORT` with a port of 1 to 65535.
  public init(_ text: String) throws(Refusal) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(String(parts[0])),
      let port = Int(parts[1]), (1...65535).contains(port)
    else { throw .malformedEndpoint(text) }
    self.init(address: address, port: port)
  }

  public var description: String { "\(address):\(port)" }
}
