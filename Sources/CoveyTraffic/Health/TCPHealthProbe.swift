import Covey
import NIOCore
import NIOPosix

/// Asks a guest by a TCP connection whether it serves.
///
/// The connection must come to be, and stay for a moment: QEMU's user networking takes it before the guest has, and
/// closes it when the guest refuses. Nothing is sent.
struct TCPHealthProbe: Sendable {
  /// How long a connection must stay open; what the guest says first ends the wait.
  static let settle: TimeAmount = .milliseconds(200)

  /// - Returns: nil when it came to be, else the reason in words, such as `connection refused`.
  func failure(of endpoint: Endpoint, within limit: Duration) async -> String? {
    let limited = TimeAmount.milliseconds(max(1, limit.milliseconds))
    let verdict = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: String?.self)
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(limited)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FirstSign(verdict: verdict))
        }
      }
    do {
      let channel = try await bootstrap.connect(
        host: endpoint.address.description, port: endpoint.port
      ).get()
      channel.eventLoop.scheduleTask(in: min(Self.settle, limited)) { verdict.succeed(nil) }
      let failure = try await verdict.futureResult.get()
      channel.close(promise: nil)
      return failure
    } catch {
      verdict.succeed(nil)
      return HTTPHealthProbe.reason(error, limit)
    }
  }

  /// Tells whether a connection ends before anything came over it.
  private final class FirstSign: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let verdict: EventLoopPromise<String?>

    init(verdict: EventLoopPromise<String?>) { self.verdict = verdict }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { verdict.succeed(nil) }

    func channelInactive(context: ChannelHandlerContext) {
      verdict.succeed("closed the connection at once")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      verdict.succeed("closed the connection at once")
      context.close(promise: nil)
    }
  }
}
