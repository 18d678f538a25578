/// How long a version of a template took from the start of its machines to their first answer: the latest of them, boots and
/// forks apart.
public struct StartHistory: Hashable, Sendable, Codable {
  /// So many of each kind are remembered.
  public static let kept = 20
  /// With fewer nothing is concluded.
  public static let fewest = 5
  /// A start may take so many times what 95 of 100 took.
  public static let margin = 3
  public static let shortestGrace: Duration = .seconds(10)

  /// Oldest first.
  public private(set) var boots: [Duration] = []
  public private(set) var forks: [Duration] = []

  public init() {}

  public func times(of kind: StartKind) -> [Duration] {
    switch kind {
    case .boot: boots
    case .fork: forks
    case .standby, .resume: []
    }
  }

  mutating func note(_ span: Duration, of kind: StartKind) {
    switch kind {
    case .boot: boots = (boots + [span]).suffix(Self.kept)
    case .fork: forks = (forks + [span]).suffix(Self.kept)
    case .standby, .resume: return
    }
  }

  /// The time within which so many of 100 starts were ready; nil when none is known.
  public func percentile(_ share: Int, of kind: StartKind) -> Duration? {
    let sorted = times(of: kind).sorted()
    guard !sorted.isEmpty else { return nil }
    let rank = (sorted.count * share + 99) / 100
    return sorted[Swift.min(Swift.max(rank, 1), sorted.count) - 1]
  }

  /// How long a start may take by what is known; nil while too little is.
  ///
  /// - `limit`: what the template gives at most.
  public func grace(of kind: StartKind, atMost limit: Duration) -> Duration? {
    guard times(of: kind).count >= Self.fewest, let usual = percentile(95, of: kind) else {
      return nil
    }
    return Swift.min(Swift.max(usual * Self.margin, Self.shortestGrace), limit)
  }
}

extension Template {
  /// How long a machine of this version may take from its start to its first answer: measured where enough starts are
  /// known, else what the template says.
  public func grace(of kind: StartKind) -> Duration {
    starts?.grace(of: kind, atMost: health.within) ?? health.within
  }
}
