/// The balancer's counters for one group. They go on where a process is replaced by another one.
public struct TrafficStatistics: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    /// Whether the balancer's own check finds it up.
    public let isUp: Bool
    public let isDraining: Bool
    /// Connections and requests under way.
    public let sessions: Int
    /// Requests passed to it.
    public let requests: Int
    /// Answers with status 5xx, and requests that got none.
    public let failures: Int

    public init(isUp: Bool, isDraining: Bool, sessions: Int, requests: Int, failures: Int) {
      self.isUp = isUp
      self.isDraining = isDraining
      self.sessions = sessions
      self.requests = requests
      self.failures = failures
    }
  }

  public let members: [Name: Member]
  /// Requests that arrived for the group; in TCP, connections.
  public let requests: Int
  /// Requests that the balancer itself had to refuse or that failed behind it (5xx); in TCP, connections that no member took.
  public let failures: Int
  /// Requests that wait for a member.
  public let queued: Int
  /// Requests under way; in TCP, connections.
  public let sessions: Int

  public init(
    members: [Name: Member], requests: Int, failures: Int, queued: Int, sessions: Int
  ) {
    self.members = members
    self.requests = requests
    self.failures = failures
    self.queued = queued
    self.sessions = sessions
  }
}
