/// Slows a group down whose launches fail, and stops it when they keep failing.
///
/// One failure waits 1 s, each further one twice as long, 60 s at most; after 20 in a row nothing is launched until
/// the owner retries or resumes the group. One success releases the brake; after a member that served and was lost soon, only
/// members that stay do.
public struct LaunchBrake: Hashable, Sendable, Codable {
  public static let firstWait: Duration = .seconds(1)
  public static let longestWait: Duration = .seconds(60)
  public static let failuresUntilStop = 20
  /// A member that is lost earlier than this after it came to serve counts like a launch that failed.
  public static let provenAfter: Duration = .seconds(60)

  public private(set) var failures = 0
  /// No launch before this moment; nil when nothing failed.
  public private(set) var waitsUntil: Timestamp?
  /// What the last launch failed with.
  public private(set) var lastProblem: Problem?
  /// Nil in records from before it was known.
  private var wasLost: Bool?

  public init() {}

  public var hasStopped: Bool { failures >= Self.failuresUntilStop }

  /// Whether the last failure was a member that served and was lost soon.
  public var isByLoss: Bool { wasLost ?? false }

  public mutating func launchFailed(_ problem: Problem, at now: Timestamp) {
    wasLost = nil
    failures += 1
    lastProblem = problem
    let doublings = Swift.min(failures - 1, 10)
    waitsUntil = now + Swift.min(Self.firstWait * (1 << doublings), Self.longestWait)
  }

  /// A member served and was lost soon.
  mutating func memberLost(_ problem: Problem, at now: Timestamp) {
    // Those that are lost together are one failure.
    guard !isByLoss || holds(at: now) == nil else { return }
    launchFailed(problem, at: now)
    wasLost = true
  }

  /// A launch of the group's came to serve. So did those that were lost.
  mutating func launched() {
    if !isByLoss { release() }
  }

  public mutating func release() { self = LaunchBrake() }

  /// Why nothing may be launched now; nil when it may.
  public func holds(at now: Timestamp) -> String? {
    if hasStopped { return "\(failures) launches failed in a row; covey group retry tries again" }
    guard let waitsUntil, now < waitsUntil else { return nil }
    return "\(failures) launches failed in a row; the next is tried in \((waitsUntil - now).text)"
  }
}
