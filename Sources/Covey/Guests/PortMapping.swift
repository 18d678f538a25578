/// A port that the guest serves, and the port at which its loopback address offers it.
public struct PortMapping: Hashable, Sendable, Codable {
  public let guest: Int
  public let host: Int

  public init(guest: Int, host: Int) {
    self.guest = guest
    self.host = host
  }

  /// The guest's own number, or 10000 + it where the user may not bind so low a port.
  ///
  /// - `lowestBindable`: the lowest TCP port that the user of coveyd may bind: 0 for root, else
  ///   `net.ipv4.ip_unprivileged_port_start`.
  public init(offering port: Int, lowestBindable: Int) {
    self.init(guest: port, host: port >= lowestBindable ? port : port + 10_000)
  }
}
