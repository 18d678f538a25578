import Covey
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A client with a connection of its own, that says one thing and keeps all that it hears.
final class RawClient: Sendable {
  private let channel: any Channel
  private let ending: EventLoopFuture<String>

  /// Some hundred clients at once need more open files than users usually have.
  static let manyFiles: Void = {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 8192)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }()

  convenience init(_ path: String, at endpoint: Endpoint) async throws {
    try await self.init(
      "GET \(path) HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n",
      to: SocketAddress(ipAddress: endpoint.address.description, port: endpoint.port))
  }

  init(_ words: String, to address: SocketAddress) async throws {
    _ = Self.manyFiles
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let ended = loop.makePromise(of: String.self)
    ending = ended.futureResult
    channel = try await ClientBootstrap(group: loop)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Listener(ended))
        }
      }
      .connect(to: address).get()
    try await say(words)
  }

  /// What is said to somebody who has ended already is lost.
  func say(_ words: String) async throws {
    do { try await channel.writeAndFlush(ByteBuffer(string: words)) } catch ChannelError
      .ioOnClosedChannel
    {
      return
    }
  }

  /// Says no more, and goes on listening.
  func sayNoMore() async throws { try await channel.close(mode: .output) }

  func leave() async { try? await channel.close() }

  /// All that was heard until the other side ended.
  func heard() async throws -> String { try await ending.get() }
}

private final class Listener: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let ended: EventLoopPromise<String>
  private var text = ""

  init(_ ended: EventLoopPromise<String>) { self.ended = ended }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    text += String(buffer: unwrapInboundIn(data))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { ended.succeed(text) }
}
