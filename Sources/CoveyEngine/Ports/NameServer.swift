import Covey

/// What the engine asks of DNS.
public protocol NameServer: Sendable {
  /// Makes the zone the one that is answered from, and sees to it that somebody answers.
  ///
  /// May be repeated, and is, every second: it mends what is not so and does nothing else.
  ///
  /// - Throws: `Problem` with `.inUse` when another program has the address, or somebody else one of the names: the others are
  ///   answered then; `.invalid` when it is none of this host's,
  ///   `.unavailable` when there is no DNS program or it does not start, `.noSpace`. The zone that was published before is
  ///   then answered from, or nothing is.
  func publish(_ zone: Zone) async throws
  /// Where DNS is answered, and what keeps it from being; also for a daemon that only looks at the host.
  func inspect() async -> (endpoint: Endpoint?, problem: Problem?)
  /// Ends whoever answers, since there is nothing left to answer.
  func close() async throws
}

extension NameServer {
  public func close() async throws {}
}
