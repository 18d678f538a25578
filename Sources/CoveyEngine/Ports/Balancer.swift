import Covey

/// What the engine asks of the load balancer. Every call may be repeated; members change at run time, never by reload.
public protocol Balancer: Sendable {
  /// Whether `open` could make this balancer; changes nothing. Throws what `open` would.
  func preflight(_ frontend: Frontend) async throws
  /// Makes sure that the group's balancer runs, and takes over one that survived an earlier daemon.
  ///
  /// - Throws: `Problem` with `.inUse` when another program listens there, `.invalid` when the address is not one of this
  ///   host's, `.unavailable` when there is no balancer program or it does not start.
  func open(_ frontend: Frontend) async throws
  /// Ends the group's balancer, by force when it is mute; succeeds when it does not run.
  func close(_ group: Name) async throws
  /// Ends balancers that an earlier daemon left and no group needs any more.
  func close(besides groups: Set<Name>) async
  /// Adds the member and sends it traffic.
  func enter(_ member: BalancedMember, in group: Name) async throws
  /// Sends the member no new connections; those under way go on. Succeeds when it is not there.
  ///
  /// - Throws: `Problem` with `.unavailable` when the balancer runs but does not answer; none running is no failure.
  func drain(_ member: Name, in group: Name) async throws
  /// Removes the member, ending what connections it has left. Succeeds when it is not there.
  ///
  /// - Throws: `Problem` with `.unavailable` when the balancer runs but does not answer; none running is no failure.
  func leave(_ member: Name, in group: Name) async throws
  func statistics(of group: Name) async throws -> TrafficStatistics
}

/// Asks a guest whether it serves.
public protocol HealthProbe: Sendable {
  /// One GET of the path; nil when it answered with a status of 200 to 399 within the limit, else why not.
  func failure(of endpoint: Endpoint, path: String, within limit: Duration) async -> String?
  /// How many connections of clients to an endpoint are open; nil where this host does not see them.
  func connections(to endpoint: Endpoint) async -> Int?
}

extension HealthProbe {
  public func connections(to endpoint: Endpoint) async -> Int? { nil }
}
