/// How checks find a member that serves, at the latest look.
public struct MemberHealth: Hashable, Sendable {
  public let isUp: Bool
  /// Since when it is so.
  public let since: Timestamp
  /// What the last failed check said; nil where nobody says.
  public let reason: String?

  public init(isUp: Bool, since: Timestamp, reason: String? = nil) {
    self.isUp = isUp
    self.since = since
    self.reason = reason
  }
}

/// Who looks whether a member still serves.
public enum HealthJudge: String, Hashable, Sendable {
  /// Its balancer, by checks of its own.
  case balancer
  /// Covey.
  case covey
  case nobody
}

extension Group {
  /// Who judges a member: its balancer where there is one that can, else covey.
  ///
  /// HAProxy cannot ask a guest's agent: it only sees whether the member takes connections.
  public func judge(of member: Guest) -> HealthJudge {
    if member.health.kind != .agent, spec.listen != nil { return .balancer }
    return member.health.isAsked ? .covey : .nobody
  }
}
