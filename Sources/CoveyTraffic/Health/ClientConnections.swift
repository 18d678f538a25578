import Covey
import CoveyEngine
import Foundation

extension HTTPHealthProbe {
  /// Connections that a program of this host has taken at the endpoint, such as the QEMU that offers a guest's port there;
  /// covey's own and the balancer's count too. Reads /proc once.
  ///
  /// - Returns: nil where /proc does not tell, or the endpoint is no loopback address: a guest on a network of its own takes
  ///   its connections itself.
  public func connections(to endpoint: Endpoint) async -> Int? {
    guard endpoint.address.isLoopback else { return nil }
    return try? await Blocking.run {
      let data = try Data(contentsOf: URL(fileURLWithPath: "/proc/net/tcp"))
      return Self.connections(to: endpoint, in: String(decoding: data, as: UTF8.self))
    }
  }

  /// - Parameter table: the text of /proc/net/tcp. 01 is ESTABLISHED, 04 FIN_WAIT1 with an answer still on its way, 08
  ///   CLOSE_WAIT with a client that has said all it wants and waits.
  static func connections(to endpoint: Endpoint, in table: String) -> Int {
    ["01", "04", "08"].map {
      PortOwner.listeners(on: endpoint, in: table, state: $0).count
    }.reduce(0, +)
  }
}
