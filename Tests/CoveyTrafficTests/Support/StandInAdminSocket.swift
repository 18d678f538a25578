import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// An admin socket that misbehaves as it is told.
final class StandInAdminSocket: Sendable {
  enum Manner: Sendable {
    case answers(String)
    /// Takes the command and says nothing.
    case mute
    case closesAtOnce
  }

  private static let count = Mutex(0)

  static func freshPath() -> String {
    let number = count.withLock { count in
      count += 1
      return count
    }
    return "/tmp/covey-stand-in-\(getpid())-\(number).sock"
  }

  let path: String
  private let listener: any Channel

  init(path: String, _ manner: Manner) async throws {
    self.path = path
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answerer(manner))
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  func close() async { try? await listener.close() }
}

private final class Answerer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let manner: StandInAdminSocket.Manner

  init(_ manner: StandInAdminSocket.Manner) { self.manner = manner }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch manner {
    case .mute: break
    case .closesAtOnce: context.close(promise: nil)
    case .answers(let text):
      let channel = context.channel
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
        channel.close(promise: nil)
      }
    }
  }
}
