/// What is known of a group's members beside the inventory, at one moment: how their checks find them, and what it would
/// cost to let them go.
public struct MemberSigns: Hashable, Sendable {
  /// Since when checks have found a member down, of those that are down now.
  public var downSince: [Name: Timestamp]
  /// What those say of it that say themselves that they are down.
  public var words: [Name: String]
  /// What the members themselves say that their removal would cost.
  public var costs: [Name: Double]
  /// Connections and requests under way, by the balancer's counters.
  public var sessions: [Name: Int]

  public init(
    downSince: [Name: Timestamp] = [:], words: [Name: String] = [:], costs: [Name: Double] = [:],
    sessions: [Name: Int] = [:]
  ) {
    self.downSince = downSince
    self.words = words
    self.costs = costs
    self.sessions = sessions
  }

  func isDown(_ member: Guest) -> Bool { downSince[member.name] != nil }
}
