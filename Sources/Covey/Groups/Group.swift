/// Guests of one template that share a purpose, behind one balancer, with a size that follows the load.
///
/// Its members are the guests whose `group` is its name; the group itself stores no list of them.
public struct Group: Hashable, Sendable, Codable {
  public let name: Name
  public var spec: GroupSpec
  /// The size that the policy or the owner wants, within min and max.
  public var desired: Int
  /// No scaling decision is carried out while it is set; dead members are still replaced, and members that their owner
  /// stops stay off.
  public var isPaused = false
  public var isBeingDeleted = false
  public var brake = LaunchBrake()
  /// What the balancer last failed with; nil while it works.
  public var balancerProblem: Problem?
  /// The version that its members are of: digest, or nil for the newest.
  public var version: String?
  /// The latest rollout, also when it is over.
  public var rollout: Rollout?
  /// Holds repair back while most members are down.
  public var repair: RepairBrake?
  /// Weights that are not the usual one, by member; nil in records from before there were any.
  private var weights: [Name: Int]?
  public let created: Timestamp

  public init(name: Name, spec: GroupSpec, created: Timestamp) {
    self.name = name
    self.spec = spec
    self.desired = spec.min
    self.created = created
  }

  /// A member's share beside the others'.
  public func weight(of member: Name) -> Int { weights?[member] ?? BalancedMember.usualWeight }

  /// The usual weight is not kept: a member that is forgotten, or is like the others, leaves nothing.
  mutating func weigh(_ member: Name, _ weight: Int = BalancedMember.usualWeight) {
    var others = weights ?? [:]
    others[member] = weight == BalancedMember.usualWeight ? nil : weight
    weights = others.isEmpty ? nil : others
  }
}
