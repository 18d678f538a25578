import Covey
import CoveyEngine
import NIOCore
import NIOPosix
import Testing

@testable import CoveyTraffic

/// What a member that leaves DNS waits for, asked as the engine asks it.
@Suite(.timeLimit(.minutes(1))) struct ClientConnectionsTests {
  private let probe: any HealthProbe = GuestProbe()

  /// More than the system's table has in one page.
  @Test func clientsOfAnEndpointAreCountedUntilTheyLeave() async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .bind(host: "127.0.0.1", port: 0).get()
    let address = try #require(listener.localAddress)
    let endpoint = try Endpoint("127.0.0.1:\(try #require(address.port))")
    #expect(await probe.connections(to: endpoint) == 0)
    var clients: [any Channel] = []
    for _ in 1...150 {
      clients.append(
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(to: address).get())
    }
    try await eventually("all are counted") { await probe.connections(to: endpoint) == 150 }
    for client in clients.dropFirst() { try await client.close() }
    try await eventually("one is left") { await probe.connections(to: endpoint) == 1 }
    try await clients[0].close()
    try await eventually("none is left") { await probe.connections(to: endpoint) == 0 }
    try await listener.close()
  }

  @Test func aGuestOnANetworkOfItsOwnTakesItsConnectionsItself() async throws {
    #expect(await probe.connections(to: try Endpoint("192.0.2.1:80")) == nil)
  }
}
