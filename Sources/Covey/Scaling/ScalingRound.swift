/// One look at a group's load: its inputs and the rule that decided. What `covey group explain` shows.
public struct ScalingRound: Hashable, Sendable, Codable {
  public let at: Timestamp
  /// CPU use of each serving member in percent of its virtual CPUs.
  public let cpu: [Name: Double]
  /// Nil when no serving member has been measured.
  public let meanCPU: Double?
  public let serving: Int
  public let size: Int
  /// Before the round.
  public let desired: Int
  /// Requests per second that the balancer passed on since the round before; nil when it did not answer.
  public let requestRate: Double?
  public let verdict: Verdict

  public init(
    at: Timestamp, cpu: [Name: Double], meanCPU: Double?, serving: Int, size: Int, desired: Int,
    requestRate: Double?, verdict: Verdict
  ) {
    self.at = at
    self.cpu = cpu
    self.meanCPU = meanCPU
    self.serving = serving
    self.size = size
    self.desired = desired
    self.requestRate = requestRate
    self.verdict = verdict
  }
}

/// What a round decided, by which rule, and why in a sentence.
public struct Verdict: Hashable, Sendable, Codable {
  public enum Move: String, Hashable, Sendable, Codable { case grow, shrink, stay }

  public enum Rule: String, Hashable, Sendable, Codable {
    case paused, settling, cooldown, unmeasured
    case aboveThreshold = "above-threshold"
    case belowThreshold = "below-threshold"
    case waiting
    case atMax = "at-max"
    case atMin = "at-min"
    case wouldOverload = "would-overload"
    case launchesFail = "launches-fail"
    case repairHeld = "repair-held"
    /// Which member goes, and why.
    case leaving
    case within
    /// No request for so long that nobody is wanted.
    case idle
    /// Nobody is wanted until a request comes.
    case asleep
    /// A request came while nobody was wanted.
    case woken
  }

  public let move: Move
  public let rule: Rule
  public let reason: String

  public init(_ move: Move, _ rule: Rule, _ reason: String) {
    self.move = move
    self.rule = rule
    self.reason = reason
  }
}
