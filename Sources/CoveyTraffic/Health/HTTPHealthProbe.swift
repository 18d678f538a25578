import AsyncHTTPClient
import Covey
import CoveyEngine
import Glibc
import NIOCore
import NIOPosix

/// Asks a guest by one HTTP GET whether it serves.
///
/// Each probe has a connection of its own and makes one attempt: no redirect is followed, nothing
/// is repeated, no connection is kept. The body is not read. Probes may run side by side.
final class HTTPHealthProbe: Sendable {
  /// One for all, because making one costs as much as an answer of a small guest.
  private let client: HTTPClient

  init() {
    var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
    // Without this it would try again, with growing pauses, until the limit.
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
  }

  deinit {
    // It keeps no connection that could be lost.
    try? client.syncShutdown()
  }

  /// - Parameters:
  ///   - path: absolute, with its query if any, as in `/health`.
  ///   - limit: from the first attempt to connect to the answer's last header.
  /// - Returns: nil for a status of 200 to 399, else the reason in words, such as
  ///   `connection refused`, `status 503` or `no answer in 2s`.
  func failure(
    of endpoint: Endpoint, path: String, within limit: Duration
  ) async -> String? {
    do {
      let status = try await answer(of: endpoint, path, limit).status.code
      return (200..<400).contains(status) ? nil : "status \(status)"
    } catch {
      return Self.reason(error, limit)
    }
  }

  /// What is odd about an answer that counts as well: a redirection, to itself at worst. Nil for every other, and for none.
  func remark(on endpoint: Endpoint, path: String, within limit: Duration) async -> String? {
    // Who does not answer is no oddity but down.
    guard let answer = try? await answer(of: endpoint, path, limit),
      (300..<400).contains(answer.status.code)
    else { return nil }
    return Self.remark(
      status: Int(answer.status.code), location: answer.headers.first(name: "Location"),
      path: path)
  }

  private func answer(of endpoint: Endpoint, _ path: String, _ limit: Duration) async throws
    -> HTTPClientResponse
  {
    var request = HTTPClientRequest(url: "http://\(endpoint)\(path)")
    request.headers.add(name: "Connection", value: "close")
    request.headers.add(name: "User-Agent", value: "covey-probe")
    return try await client.execute(
      request, timeout: .milliseconds(limit.milliseconds))
  }

  /// A path stands in a location as it is, or behind a scheme and a host.
  static func remark(status: Int, location: String?, path: String) -> String {
    let target = location.map { text in
      guard let scheme = text.range(of: "://") else { return text[...] }
      let rest = text[scheme.upperBound...]
      return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    let what = "its health path \(path) answers \(status)"
    if target.map({ $0 == path }) ?? false {
      return "\(what) and redirects to itself; it counts as up, and may serve nobody"
    }
    let place = location.map { " to \($0.prefix(80))" } ?? ""
    return "\(what) and redirects\(place); that is not followed, and counts as up"
  }

  static func reason(_ error: any Error, _ limit: Duration) -> String {
    if let failed = error as? NIOConnectionError, let first = failed.connectionErrors.first {
      return reason(first.error, limit)
    }
    if error is CancellationError { return "the probe was cancelled" }
    if let system = error as? IOError { return SystemReason.text(system.errnoCode).lowercased() }
    guard let failed = error as? HTTPClientError else { return "\(error)" }
    switch failed {
    case .deadlineExceeded, .connectTimeout, .readTimeout: return "no answer in \(limit.text)"
    case .remoteConnectionClosed: return "closed the connection without an answer"
    case .invalidURL, .emptyHost, .emptyScheme: return "the health path is not a URL path"
    case .cancelled: return "the probe was cancelled"
    default: return failed.shortDescription.lowercased()
    }
  }
}
