import Covey
import NIOCore
import NIOPosix
import Synchronization

/// A web server inside the test: says its name, fails on `/fail`, redirects on `/elsewhere`, drops
/// the connection on `/drop`, says nothing on `/mute`, begins `/stream` and never ends it, takes
/// `/strict` in HTTP/1.1 and with a host alone, answers `/old` in HTTP/1.0, and holds `/slow` until it is
/// released.
final class StandInMember: Sendable {
  let name: Name
  let endpoint: Endpoint
  private let listener: any Channel
  private let box = Box()

  struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var held: [any Channel] = []
    var served: [String] = []
    var healthy = true
  }

  init(_ name: Name, at address: IPv4Address) async throws {
    self.name = name
    let box = self.box
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 128)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Responder(box, name: name.text))
        }
      }
      .bind(host: address.description, port: 0).get()
    endpoint = Endpoint(address: address, port: listener.localAddress?.port ?? 0)
  }

  var balanced: BalancedMember { BalancedMember(name: name, endpoint: endpoint) }
  var heldRequests: Int { box.state.withLock { $0.held.count } }
  func served(_ path: String) -> Int {
    box.state.withLock { state in state.served.filter { $0 == path }.count }
  }
  /// The paths of all requests, in the order in which they came.
  var paths: [String] { box.state.withLock { $0.served.filter { $0 != "/health" } } }
  func setHealthy(_ healthy: Bool) { box.state.withLock { $0.healthy = healthy } }

  func release() {
    let held = box.state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for channel in held { Responder.answer(200, name.text, on: channel) }
  }

  /// As if the machine's process had been killed: nothing listens, connections are gone.
  func kill() async {
    try? await listener.close()
    let channels = box.state.withLock { Array($0.channels.values) }
    for channel in channels { try? await channel.close() }
  }

  final class Box: Sendable { let state = Mutex(State()) }
}

private final class Responder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let box: StandInMember.Box
  private let name: String
  private var gathered = ""

  init(_ box: StandInMember.Box, name: String) {
    self.box = box
    self.name = name
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    box.state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let channel = context.channel
    box.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    gathered += String(buffer: unwrapInboundIn(data))
    guard gathered.contains("\r\n\r\n") else { return }
    let path = String(gathered.split(separator: " ").dropFirst().first ?? "/")
    let channel = context.channel
    let healthy = box.state.withLock { state in
      state.served.append(path)
      if path == "/slow" { state.held.append(channel) }
      return state.healthy
    }
    switch path {
    case "/slow", "/mute": break
    case "/strict": Self.answer(Self.isModern(gathered) ? 200 : 426, name, on: channel)
    case "/old":
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.0 200 X\r\n\r\nold")).whenComplete { _ in
        channel.close(promise: nil)
      }
    case "/stream":
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 X\r\n\r\nbegun"), promise: nil)
    case "/drop": context.close(promise: nil)
    case "/fail": Self.answer(500, name, on: channel)
    case "/elsewhere": Self.answer(302, name, on: channel, "Location: /followed\r\n")
    case "/health": Self.answer(healthy ? 200 : 503, name, on: channel)
    default: Self.answer(200, name, on: channel)
    }
  }

  private static func isModern(_ request: String) -> Bool {
    request.contains(" HTTP/1.1\r\n") && request.lowercased().contains("\r\nhost: 127.")
  }

  static func answer(_ status: Int, _ body: String, on channel: any Channel, _ more: String = "") {
    let text =
      "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(more)"
      + "Connection: close\r\n\r\n\(body)"
    channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}
