import Covey
import NIOCore
import NIOPosix
import Synchronization

/// A member's report port inside the test, whose words can be changed.
final class ReportingMember: Sendable {
  enum Manner: Sendable {
    case says(String)
    case mute
  }

  let endpoint: Endpoint
  private let listener: any Channel
  private let box: Box

  final class Box: Sendable {
    let manner: Mutex<Manner>
    init(_ manner: Manner) { self.manner = Mutex(manner) }
  }

  init(_ manner: Manner, at address: IPv4Address = IPv4Address(number: 127 << 24 | 1)) async throws
  {
    let box = Box(manner)
    self.box = box
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Speaker(box))
        }
      }
      .bind(host: address.description, port: 0).get()
    endpoint = Endpoint(address: address, port: listener.localAddress?.port ?? 0)
  }

  func say(_ words: String) { box.manner.withLock { $0 = .says(words) } }

  func close() async { try? await listener.close() }
}

private final class Speaker: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let box: ReportingMember.Box

  init(_ box: ReportingMember.Box) { self.box = box }

  func channelActive(context: ChannelHandlerContext) {
    guard case .says(let words) = box.manner.withLock({ $0 }) else { return }
    let channel = context.channel
    context.writeAndFlush(NIOAny(ByteBuffer(string: words))).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}
