/// Holds repair back when most members of a group are found down at once: the cause is then hardly theirs, and ending
/// them would lose machines that come back by themselves.
///
/// After a hold one member is replaced as a trial. When that serves, the others follow one at a time; when it fails, the
/// hold is twice as long. The brake is released when no more than half of the members are down.
public struct RepairBrake: Hashable, Sendable, Codable {
  /// So many members must be down at least, and more than half of those that serve.
  public static let fewestDown = 2
  /// Members that went down longer ago than this did not go down at once.
  public static let window: Duration = .seconds(60)
  public static let firstHold: Duration = .seconds(30)
  public static let longestHold: Duration = .seconds(600)

  /// How many were down of how many, when it took hold.
  public let down: Int
  public let serving: Int
  public let since: Timestamp
  /// No trial before this moment.
  public private(set) var until: Timestamp
  /// Trials that failed.
  public private(set) var failures = 0
  /// The member that is being replaced as a trial.
  public private(set) var trial: Name?
  /// Whether a trial served: the others may follow.
  public private(set) var isProven = false

  public init(down: Int, serving: Int, at now: Timestamp) {
    self.down = down
    self.serving = serving
    since = now
    until = now + Self.firstHold
  }

  public mutating func tried(_ member: Name) { trial = member }

  /// A launch of the group's came to serve.
  public mutating func launched() {
    guard trial != nil else { return }
    (trial, isProven) = (nil, true)
  }

  /// A launch of the group's failed.
  public mutating func launchFailed(at now: Timestamp) {
    guard trial != nil || isProven else { return }
    (trial, isProven) = (nil, false)
    failures += 1
    until = now + Swift.min(Self.firstHold * (1 << Swift.min(failures, 10)), Self.longestHold)
  }

  /// Its owner does not want to wait.
  public mutating func tryNow(at now: Timestamp) { until = now }

  /// What its owner reads.
  public func words(at now: Timestamp) -> String {
    let what = "\(down) of \(serving) serving members were found down at once"
    if isProven { return "\(what); a trial served, and the others are replaced one at a time" }
    if let trial { return "\(what); \(trial) is being replaced as a trial" }
    let left = until - now
    guard left > .zero else { return "\(what); one is replaced as a trial" }
    let seconds = Duration.seconds((left.milliseconds + 999) / 1000)
    return "\(what), so that none is ended; in \(seconds.text) one is replaced as a trial"
  }

  /// Whether so many members that are down are too many to be their own fault.
  static func takesHold(down: Int, of serving: Int) -> Bool {
    down >= fewestDown && 2 * down > serving
  }
}
