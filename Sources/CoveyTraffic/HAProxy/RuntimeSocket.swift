import Covey
import Glibc
import NIOCore
import NIOPosix

/// A client of HAProxy's admin socket: one line of commands per connection, the answer read to its end.
///
/// Never waits longer than `limit`. Calls may run side by side; nothing blocks a thread.
struct RuntimeSocket: Sendable {
  /// HAProxy answers within a millisecond; one that takes seconds is stopped or hangs.
  static let usualLimit = Duration.seconds(5)

  /// Answers grow by some 500 bytes per member.
  static let largestAnswer = 16 << 20

  let path: String
  let subject: String
  let limit: Duration

  init(path: String, subject: String, limit: Duration = usualLimit) {
    self.path = path
    self.subject = subject
    self.limit = limit
  }

  /// - Returns: the answer without the line feeds at its end; empty when HAProxy just did it.
  /// - Throws: `.unavailable` when nothing listens, when no whole answer came within the limit,
  ///   and when the connection closed half-way.
  func ask(_ command: RuntimeCommand) async throws -> String { try await ask([command]) }

  /// Several commands in one go; HAProxy carries out all of them, whatever it answers to the first ones.
  ///
  /// - Returns: the answers one after another. Those that are tables cannot be told apart here.
  func ask(_ commands: [RuntimeCommand]) async throws -> String {
    let text = commands.map(\.text).joined(separator: "; ")
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answer = loop.makePromise(of: ByteBuffer.self)
    let limit = TimeAmount.milliseconds(self.limit.milliseconds)
    ClientBootstrap(group: loop)
      .connectTimeout(limit)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AnswerCollector(line: text + "\n", limit: limit, answer: answer))
        }
      }
      .connect(unixDomainSocketPath: path)
      .whenFailure { answer.fail($0) }
    do {
      let ending = commands.last?.ending ?? ""
      return try whole(
        String(buffer: await answer.futureResult.get()), of: text, endingWith: ending)
    } catch let problem as Problem {
      throw problem
    } catch is AnswerCollector.Late {
      throw unavailable("does not answer \"\(text)\" within \(self.limit.text)")
    } catch {
      throw unavailable("does not take \"\(text)\": \(error)")
    }
  }

  /// Whether somebody listens there, be it that they never answer. Nobody does where the socket is gone, or is left of a
  /// process that has ended.
  func isTaken() async throws -> Bool {
    let path = path
    return try await Blocking.run {
      let descriptor = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let isShort = withUnsafeMutableBytes(of: &address.sun_path) { room in
        guard path.utf8.count < room.count else { return false }
        room.copyBytes(from: path.utf8)
        return true
      }
      guard descriptor >= 0, isShort else { return true }
      let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      return connected == 0 || (errno != ENOENT && errno != ECONNREFUSED)
    }
  }

  private func whole(_ text: String, of line: String, endingWith ending: String) throws -> String {
    guard !text.isEmpty else {
      throw unavailable("closed the connection without answering \"\(line)\"")
    }
    // A refusal is one line even where the answer would be a table.
    let isRefusal = text.last == "\n" && !text.dropLast().contains("\n")
    guard text.hasSuffix(ending) || isRefusal else {
      throw unavailable("closed the connection half-way through its answer to \"\(line)\"")
    }
    guard let last = text.lastIndex(where: { $0 != "\n" }) else { return "" }
    return String(text[...last])
  }

  private func unavailable(_ what: String) -> Problem {
    Problem(
      .unavailable, subject: subject, "HAProxy's admin socket \(path) \(what)",
      hint: "see haproxy.log beside the socket; opening the balancer again restarts HAProxy")
  }
}

/// Sends the line once connected and gathers what comes back until the other side closes.
private final class AnswerCollector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Late: Error {}
  struct TooLong: Error, CustomStringConvertible {
    var description: String { "the answer is longer than \(RuntimeSocket.largestAnswer) bytes" }
  }

  private let line: String
  private let limit: TimeAmount
  private let answer: EventLoopPromise<ByteBuffer>
  private var gathered = ByteBuffer()
  private var alarm: Scheduled<Void>?

  init(line: String, limit: TimeAmount, answer: EventLoopPromise<ByteBuffer>) {
    self.line = line
    self.limit = limit
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) {
    let (answer, channel) = (answer, context.channel)
    alarm = context.eventLoop.scheduleTask(in: limit) {
      answer.fail(Late())
      channel.close(promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: line)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    gathered.writeBuffer(&part)
    guard gathered.readableBytes > RuntimeSocket.largestAnswer else { return }
    answer.fail(TooLong())
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    answer.succeed(gathered)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }
}
