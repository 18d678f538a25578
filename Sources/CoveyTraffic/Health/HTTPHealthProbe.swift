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
    let span = TimeAmount.milliseconds(limit.milliseconds)
    var request = HTTPClientRequest(url: "http://\(endpoint)\(path)")
    request.headers.add(name: "Connection", value: "close")
    request.headers.add(name: "User-Agent", value: "covey-probe")
    do {
      let status = try await client.execute(request, timeout: span).status.code
      return (200..<400).contains(status) ? nil : "status \(status)"
    } catch {
      return Self.reason(error, limit)
    }
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
