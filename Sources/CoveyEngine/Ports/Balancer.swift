import Covey

/// What the engine asks of the load balancer. Every call may be repeated; members change at run time, never by reload.
public protocol Balancer: Sendable {
  /// Whether `open` could make this listener as its owner wants it; changes nothing. Throws what `open` would, and `.invalid`
  /// for a certificate that is new to it and not good, where `open` would go on with an older copy.
  func preflight(_ listener: Listener) async throws
  /// Makes sure that the listener is served with just these groups, and takes over one that survived an earlier daemon.
  ///
  /// One that runs and differs is replaced without refusing a request, with its members and counters. A failed call leaves
  /// what runs as it is.
  ///
  /// - Throws: `Problem` with `.inUse` when another program listens there, `.invalid` when the address is not one of this
  ///   host's or a certificate is not one, `.unavailable` when there is no balancer program or it does not start.
  func open(_ listener: Listener) async throws
  /// Takes in the group's certificate when its file has changed.
  ///
  /// - Throws: `Problem` with `.invalid` when the file is no valid certificate any more; the one that is served stays.
  func renewCertificate(of frontend: Frontend) async throws
  /// Stops listening there at once and lets connections under way end for a while; succeeds when nothing listens.
  func close(_ endpoint: Endpoint) async throws
  /// Ends listeners that an earlier daemon left and no group needs any more.
  ///
  /// - Throws: the first failure, after all have been tried.
  func close(besides endpoints: Set<Endpoint>) async throws
  /// Adds the member and sends it traffic, with its weight.
  func enter(_ member: BalancedMember, in frontend: Frontend) async throws
  /// Sends the member no new connections, whatever it says of itself; those under way go on. Succeeds when it is not there.
  ///
  /// - Throws: `Problem` with `.unavailable` when the balancer runs but does not answer; none running is no failure.
  func drain(_ member: Name, in frontend: Frontend) async throws
  /// Removes the member, ending what connections it has left. Succeeds when it is not there.
  ///
  /// - Throws: `Problem` with `.unavailable` when the balancer runs but does not answer; none running is no failure.
  func leave(_ member: Name, in frontend: Frontend) async throws
  /// The counters of one group; they never go back while its listener is open.
  func statistics(of frontend: Frontend) async throws -> TrafficStatistics
}
