/// What a group's balancer listens on and how it treats the members behind it.
public struct Frontend: Hashable, Sendable, Codable {
  public let group: Name
  public let listen: Endpoint
  /// Checked on every member, at the member's own address.
  public let healthPath: String
  /// Absolute path of the Unix socket to which requests go while no member is up; nil is none.
  public let activator: String?

  public init(group: Name, listen: Endpoint, healthPath: String, activator: String? = nil) {
    self.group = group
    self.listen = listen
    self.healthPath = healthPath
    self.activator = activator
  }
}

/// A member as its balancer sees it.
public struct BalancedMember: Hashable, Sendable, Codable {
  public static let usualWeight = 100
  public static let weightsAllowed = 0...256

  public let name: Name
  public let endpoint: Endpoint
  /// Its share beside the others'; 0 gets no new requests.
  public let weight: Int
  /// Where it says how it is, to HAProxy's agent check; nil where it says nothing.
  public let report: Endpoint?

  public init(
    name: Name, endpoint: Endpoint, weight: Int = BalancedMember.usualWeight,
    report: Endpoint? = nil
  ) {
    self.name = name
    self.endpoint = endpoint
    self.weight = weight
    self.report = report
  }
}

/// The balancer's counters for one group, since the balancer started.
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
  /// Requests that arrived at the listener.
  public let requests: Int
  /// Requests that the balancer itself had to refuse or that failed behind it (5xx).
  public let failures: Int
  /// Requests that wait for a member.
  public let queued: Int
  /// Client connections under way.
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
