import Covey
import CoveyEngine
import NIOCore
import NIOPosix
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct TCPHealthProbeTests {
  private let probe = GuestProbe()
  private let check = HealthCheck(kind: .tcp, port: 5432, within: .seconds(60))

  @Test func aGuestThatKeepsTheConnectionServes() async throws {
    #expect(try await failure(closing: false) == nil)
  }

  @Test func aConnectionThatIsClosedAtOnceIsNone() async throws {
    #expect(try await failure(closing: true) == "closed the connection at once")
  }

  @Test func aRefusedConnectionIsReportedAtOnce() async throws {
    let listener = try await listen(closing: false)
    let endpoint = try endpoint(of: listener)
    try await listener.close()
    // A child that another test has just started may hold a copy of the listener for a while.
    try await eventually("it is refused") {
      await probe.failure(of: endpoint, check, within: .seconds(30)) == "connection refused"
    }
  }

  @Test func anAgentIsNotAskedOverTheNetwork() async throws {
    let agent = HealthCheck(kind: .agent, port: 0, within: .seconds(60))
    let endpoint = Endpoint(address: IPv4Address(number: 127 << 24 | 1), port: 9)
    #expect(await probe.failure(of: endpoint, agent, within: .seconds(1)) != nil)
  }

  private func failure(closing: Bool) async throws -> String? {
    let listener = try await listen(closing: closing)
    let failure = await probe.failure(
      of: try endpoint(of: listener), check, within: .seconds(10))
    try await listener.close()
    return failure
  }

  private func listen(closing: Bool) async throws -> any Channel {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        closing ? channel.close() : channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  private func endpoint(of channel: any Channel) throws -> Endpoint {
    Endpoint(
      address: IPv4Address(number: 127 << 24 | 1), port: try #require(channel.localAddress?.port))
  }
}
