import CoveyWire
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A daemon that answers as a test wants, on a Unix socket of its own.
enum StubDaemon {
  struct Request: Sendable {
    let method: String
    let path: String
    let query: [String: String]
    let body: Data

    func decoded<Body: Decodable>(_ type: Body.Type = Body.self) throws -> Body {
      try JSONDecoder().decode(type, from: body)
    }
  }

  struct Reply: Sendable {
    let status: Int
    let body: Data

    static func json(_ value: some Encodable, status: Int = 200) throws -> Reply {
      Reply(status: status, body: try JSONEncoder().encode(value))
    }

    static func error(_ code: String, _ message: String, subject: String = "it") throws -> Reply {
      let view = ErrorView(code: code, message: message, subject: subject, hint: "do this")
      return try json(ErrorBody(error: view), status: ErrorTable.row(code).httpStatus)
    }
  }

  typealias Answer = @Sendable (Request) async throws -> Reply

  /// Runs the body while the stub answers; the body gets the socket's path.
  static func run<Result: Sendable>(
    answer: @escaping Answer, _ body: (String) async throws -> Result
  ) async throws -> Result {
    let path = "/tmp/covey-stub-\(UUID().uuidString.prefix(13)).sock"
    defer { unlink(path) }
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(
            wrappingChannelSynchronously: channel)
        }
      }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.executeThenClose { connections in
          try await withThrowingDiscardingTaskGroup { clients in
            for try await connection in connections {
              clients.addTask { await serve(connection, answer) }
            }
          }
        }
      }
      defer { group.cancelAll() }
      return try await body(path)
    }
  }

  private static func serve(
    _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>,
    _ answer: Answer
  ) async {
    do {
      try await connection.executeThenClose { parts, writer in
        var head: HTTPRequestHead?
        var body = ByteBuffer()
        for try await part in parts {
          switch part {
          case .head(let new): (head, body) = (new, ByteBuffer())
          case .body(var more): body.writeBuffer(&more)
          case .end:
            guard let head else { continue }
            let reply = try await answer(request(head, body))
            try await write(reply, to: writer)
          }
        }
      }
    } catch {
      // The client went away, which is how a test ends.
      return
    }
  }

  private static func request(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Request {
    let parts = URLComponents(string: head.uri)
    let pairs = (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
    return Request(
      method: head.method.rawValue, path: parts?.path ?? head.uri,
      query: Dictionary(pairs) { _, last in last }, body: Data(body.readableBytesView))
  }

  private static func write(
    _ reply: Reply, to writer: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws {
    let status = HTTPResponseStatus(statusCode: reply.status)
    let headers: HTTPHeaders = ["Content-Length": "\(reply.body.count)"]
    try await writer.write(
      .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
    try await writer.write(.body(.byteBuffer(ByteBuffer(bytes: reply.body))))
    try await writer.write(.end(nil))
  }
}
