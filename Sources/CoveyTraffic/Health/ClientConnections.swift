import Covey

/// Counts connections that a program of this host has taken, such as the QEMU that offers a guest's port here; covey's own
/// and the balancer's count too.
enum ClientConnections {
  /// Reads /proc once.
  ///
  /// - Returns: nil where /proc does not tell, or the endpoint is no loopback address: a guest on a network of its own takes
  ///   its connections itself.
  static func count(to endpoint: Endpoint) async -> Int? {
    guard endpoint.address.isLoopback else { return nil }
    // Reading throws nothing: a table that is not to be read is nil.
    let table = try? await Blocking.run { PortOwner.text(of: "/proc/net/tcp") }
    return table.map { count(to: endpoint, in: $0) }
  }

  /// - Parameter table: the text of /proc/net/tcp. 01 is ESTABLISHED, 04 FIN_WAIT1 with an answer still on its way, 08
  ///   CLOSE_WAIT with a client that has said all it wants and waits.
  static func count(to endpoint: Endpoint, in table: String) -> Int {
    ["01", "04", "08"].map {
      PortOwner.listeners(on: endpoint, in: table, state: $0).count
    }.reduce(0, +)
  }
}
