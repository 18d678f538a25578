/// A group's members on their way from one version of their template to another.
public struct Rollout: Hashable, Sendable, Codable {
  public enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// The first few members are replaced; what grows meanwhile is of the old version.
    case canary
    /// The first few serve, and are watched.
    case baking
    /// The others are replaced.
    case rolling
    /// All are of the new version, and are watched.
    case settling
    case done
    /// Those of the new version are replaced by the old one.
    case rollingBack = "rolling-back"
    case rolledBack = "rolled-back"
    /// It went wrong, and its owner wanted no way back: members of both versions serve.
    case failed

    public var isOver: Bool { self == .done || self == .rolledBack || self == .failed }
    var goesForward: Bool { !isOver && self != .rollingBack }
  }

  /// Launches of the new version in a row that may fail before the rollout has failed.
  public static let failuresAllowed = 3
  /// A member of the new version that its checks find down for so long has failed.
  public static let downAllowed: Duration = .seconds(5)

  /// Digests of the versions.
  public let from: String
  public let to: String
  public let plan: RolloutPlan
  public let began: Timestamp
  public private(set) var phase: Phase
  /// When the phase began.
  public private(set) var since: Timestamp
  public private(set) var isPaused = false
  /// Launches of the new version that failed in a row.
  public private(set) var failures = 0
  /// What went wrong with the new version: its last launch that failed, or a member that was lost.
  public private(set) var trouble: String?
  /// Why it is in its phase, where that needs a reason.
  public private(set) var reason: String?

  init(from: String, to: String, plan: RolloutPlan, at now: Timestamp) {
    self.from = from
    self.to = to
    self.plan = plan
    began = now
    since = now
    phase = plan.canary > 0 ? .canary : .rolling
  }

  /// The version that members are replaced by.
  public var goal: String { phase == .rollingBack || phase == .rolledBack ? from : to }

  public var isActive: Bool { !phase.isOver }

  /// How many of so many members shall be of the goal's version in this phase.
  func wanted(of desired: Int) -> Int {
    switch phase {
    case .canary, .baking: Swift.min(plan.canary, desired)
    default: desired
    }
  }

  mutating func move(to phase: Phase, why: String?, at now: Timestamp) {
    (self.phase, reason, since) = (phase, why, now)
    isPaused = false
    if phase == .rollingBack { failures = 0 }
  }

  mutating func pause() { isPaused = true }

  /// What was watched must be watched anew.
  mutating func resume(at now: Timestamp) { (isPaused, since) = (false, now) }

  mutating func launched() { failures = 0 }

  mutating func launchFailed(_ problem: Problem) {
    failures += 1
    trouble = problem.message
  }

  mutating func lost(_ member: Name, _ reason: String) {
    failures = Swift.max(failures, Self.failuresAllowed)
    trouble = "\(member) served and was lost: \(reason)"
  }
}
