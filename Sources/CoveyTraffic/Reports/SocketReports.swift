import Covey
import CoveyEngine
import NIOCore
import NIOPosix

/// Asks members for their reports: a TCP connection to each, read until the member closes it.
///
/// Nothing is sent, and nothing blocks a thread. HAProxy asks the same way.
public struct SocketReports: MemberReports {
  public init() {}

  public func ask(_ members: [Name: Endpoint], within limit: Duration) async -> [Name:
    ReportFinding]
  {
    await withTaskGroup(of: (Name, ReportFinding).self) { tasks in
      for (name, endpoint) in members {
        tasks.addTask { (name, await ask(endpoint, within: limit)) }
      }
      var findings: [Name: ReportFinding] = [:]
      for await (name, finding) in tasks { findings[name] = finding }
      return findings
    }
  }

  private func ask(_ endpoint: Endpoint, within limit: Duration) async -> ReportFinding {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answer = loop.makePromise(of: ByteBuffer.self)
    let amount = TimeAmount.milliseconds(limit.milliseconds)
    let alarm = loop.scheduleTask(in: amount) { answer.fail(ReportCollector.Late()) }
    ClientBootstrap(group: loop)
      .connectTimeout(amount)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ReportCollector(answer))
        }
      }
      .connect(host: endpoint.address.description, port: endpoint.port)
      .whenComplete { connected in
        switch connected {
        case .failure(let error): answer.fail(error)
        // Whatever the answer came to, the connection is over with it.
        case .success(let channel):
          answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
      }
    defer { alarm.cancel() }
    do {
      return Self.finding(String(buffer: try await answer.futureResult.get()))
    } catch is ReportCollector.Late {
      return .silent("no answer in \(limit.text)")
    } catch is ReportCollector.TooLong {
      return .nonsense("it is longer than \(MemberReport.mostBytes) bytes")
    } catch {
      return .silent(HTTPHealthProbe.reason(error, limit))
    }
  }

  static func finding(_ text: String) -> ReportFinding {
    do {
      return .said(try MemberReport(parsing: text))
    } catch {
      return .nonsense(error.why)
    }
  }
}

/// Gathers what comes until the other side closes. Lives on its channel's loop alone.
private final class ReportCollector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  struct Late: Error {}
  struct TooLong: Error {}

  private let answer: EventLoopPromise<ByteBuffer>
  private var gathered = ByteBuffer()

  init(_ answer: EventLoopPromise<ByteBuffer>) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    gathered.writeBuffer(&part)
    if gathered.readableBytes > MemberReport.mostBytes { answer.fail(TooLong()) }
  }

  func channelInactive(context: ChannelHandlerContext) { answer.succeed(gathered) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }
}
