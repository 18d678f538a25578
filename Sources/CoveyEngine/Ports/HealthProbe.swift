import Covey

/// Asks a guest whether it serves.
public protocol HealthProbe: Sendable {
  /// Asks once, as the check says: by a GET of its path, which a status of 200 to 399 answers, no redirect being followed;
  /// or by a connection. Checks by agent are not its business.
  ///
  /// - Returns: nil when it answered within the limit, else why not.
  func failure(of endpoint: Endpoint, _ check: HealthCheck, within limit: Duration) async
    -> String?
  /// Asks once, like `failure`, and says what is odd about an answer that counts as well, such as one that redirects; nil when
  /// nothing is, when there is none, or where nothing is asked by HTTP.
  func remark(on endpoint: Endpoint, _ check: HealthCheck, within limit: Duration) async -> String?
  /// How many connections of clients to an endpoint are open; nil where this host does not see them.
  func connections(to endpoint: Endpoint) async -> Int?
}
