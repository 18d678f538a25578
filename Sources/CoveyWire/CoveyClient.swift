import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Speaks to the daemon over its Unix socket.
///
/// Requests do not retry. Every failure is an `ErrorView`: the daemon's own, or `unreachable` when nothing answers.
public struct CoveyClient: Sendable {
  public let socket: String
  private let http: HTTPClient

  public init(socket: String, http: HTTPClient = CoveyClient.impatient) {
    self.socket = socket
    self.http = http
  }

  /// Tells at once that nobody listens, where AsyncHTTPClient would try again for ten seconds.
  public static let impatient: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  public func get<Answer: Decodable>(
    _ path: String, _ query: [String: String] = [:], as: Answer.Type = Answer.self
  ) async throws -> Answer {
    try await send(.GET, path, query, body: nil)
  }

  public func post<Answer: Decodable>(
    _ path: String, _ body: (any Encodable & Sendable)? = nil, as: Answer.Type = Answer.self
  ) async throws -> Answer {
    try await send(.POST, path, [:], body: body)
  }

  public func patch<Answer: Decodable>(
    _ path: String, _ body: any Encodable & Sendable, as: Answer.Type = Answer.self
  ) async throws -> Answer {
    try await send(.PATCH, path, [:], body: body)
  }

  public func delete<Answer: Decodable>(
    _ path: String, _ query: [String: String] = [:], as: Answer.Type = Answer.self
  ) async throws -> Answer {
    try await send(.DELETE, path, query, body: nil)
  }

  /// Waits until the operation is over and reports each change on the way.
  ///
  /// - Throws: the operation's own error when it failed; `deadline` when it is not over in time, which does not stop it.
  public func finish(
    _ operation: OperationView, deadline: ContinuousClock.Instant?,
    report: (OperationView) -> Void = { _ in }
  ) async throws -> OperationView {
    var latest = operation
    report(latest)
    while !latest.isOver {
      if let deadline, ContinuousClock.now >= deadline { throw late(latest) }
      let left = deadline.map { ContinuousClock.now.duration(to: $0).components.seconds + 1 } ?? 5
      let query = ["after": "\(latest.revision)", "wait": "\(max(1, min(left, 5)))"]
      latest = try await get("\(Routes.operations)/\(latest.id)", query)
      report(latest)
    }
    if let error = latest.error { throw error }
    return latest
  }

  private func late(_ operation: OperationView) -> ErrorView {
    ErrorView(
      code: "deadline",
      message: "\(operation.verb) of \(operation.subject) is not done in time; "
        + "it is at: \(operation.stage)",
      subject: operation.subject,
      hint: "it goes on in the daemon; see: covey operations info \(operation.id)")
  }

  private func send<Answer: Decodable>(
    _ method: HTTPMethod, _ path: String, _ query: [String: String],
    body: (any Encodable & Sendable)?
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: address(path, query))
    request.method = method
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(data: try JSONEncoder().encode(body)))
    }
    let (status, data) = try await exchange(request)
    guard (200..<300).contains(status) else {
      if let refused = try? JSONDecoder().decode(ErrorBody.self, from: data) { throw refused.error }
      throw ErrorView(
        code: "internal", message: "the daemon answered \(path) with status \(status)",
        subject: path, hint: "see the daemon's log")
    }
    do {
      return try JSONDecoder().decode(Answer.self, from: data)
    } catch {
      throw ErrorView(
        code: "internal", message: "the daemon's answer to \(path) is not understood: \(error)",
        subject: path, hint: "use a covey and a coveyd of the same version")
    }
  }

  /// A daemon that is there answers within its own longest wait.
  private func exchange(_ request: HTTPClientRequest) async throws -> (status: UInt, body: Data) {
    do {
      let limit = TimeAmount.seconds(Int64(Routes.longestWait) + 30)
      let response = try await http.execute(request, timeout: limit)
      let body = try await response.body.collect(upTo: 64 << 20)
      return (response.status.code, Data(buffer: body))
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      if Task.isCancelled { throw CancellationError() }
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw ErrorView(
        code: "unreachable", message: "no daemon answers on \(socket): \(reason)", subject: socket,
        hint: "start it with: coveyd, or name its socket with --socket or COVEY_SOCKET")
    }
  }

  private func address(_ path: String, _ query: [String: String]) -> String {
    let host = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket
    let pairs = query.sorted { $0.key < $1.key }.map { key, value in
      let text = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? value
      return "\(key)=\(text)"
    }
    return "http+unix://\(host)\(path)" + (pairs.isEmpty ? "" : "?\(pairs.joined(separator: "&"))")
  }
}
