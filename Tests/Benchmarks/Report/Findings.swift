/// Everything that was measured, as `docs/benchmarks.json` keeps it.
struct Findings: Codable, Hashable, Sendable {
  var schemaVersion = 1
  /// RFC 3339, UTC.
  var date: String
  /// The command that made it, from the top of the repository.
  var command: String
  var host: HostFacts
  var rounds: Int
  /// Which trials were run, as `BenchPlan.Trial` calls them; nil for all.
  var trials: [String]?
  /// Trials whose figures were kept of earlier runs; nil for none.
  var kept: [KeptTrials]?
  /// From the call to the first page, a series for each template and side.
  var starts: [Series] = []
  /// Steps of the forks and standbys in `starts`.
  var steps: [Series] = []
  var memory: [MemoryFinding] = []
  /// For each guest, all serving: `fork` and `cold`.
  var bursts: [Series] = []
  /// Forks by their memory.
  var sizes: [Series] = []
  /// From the crossing of the threshold to the next member serving: `fork` and `standby`.
  var reactions: [Series] = []
  /// What is done to a disk, by covey and by the raw tools; see `DiskSideKind`. Nil where it was not measured.
  var disks: [Series]?
  /// What that disk holds beyond its template.
  var diskMebibytes: Int?
  /// What clients noticed of what happened to a group; nil where it was not measured, as with all of traffic.
  var disturbances: [DisturbanceFinding]?
  /// From a member's death to its absence: `HAProxy` and `DNS`.
  var withdrawals: [Series]?
  /// From the death of the active HAProxy of a pair to the address at the other seat.
  var moves: [Series]?
  /// The first request to a group of no members: `fork` and `standby`.
  var wakings: [Series]?
  /// Rounds that were thrown away because others disturbed them.
  var repeatedRounds = 0
  /// What could not be measured, and why.
  var failures: [String] = []

  func start(_ kind: SideKind, of template: String) -> Series? {
    starts.first { $0.template == template && $0.name == kind.rawValue && !$0.samples.isEmpty }
  }

  var templates: [String] {
    var names: [String] = []
    let series = starts + bursts + sizes + reactions + (wakings ?? []) + (disks ?? [])
    let others = memory.map(\.template) + (disturbances ?? []).map(\.template)
    for name in series.map(\.template) + others where !names.contains(name) { names.append(name) }
    return names
  }
}

/// Samples of one thing.
struct Series: Codable, Hashable, Sendable {
  var template: String
  var name: String
  /// `ms` or `s`.
  var unit: String
  /// In the order in which they were measured.
  var samples: [Double]
  /// Processors that others kept busy, for each sample; nil where it was not watched.
  var foreignLoad: [Double]?
  /// How often it failed; nil for never.
  var misses: Int?

  init(
    template: String, name: String, unit: String, samples: [Double], foreignLoad: [Double]? = nil,
    misses: Int? = nil
  ) {
    (self.template, self.name, self.unit, self.misses) = (template, name, unit, misses)
    self.samples = samples.map { ($0 * 1000).rounded() / 1000 }
    self.foreignLoad = foreignLoad?.map { ($0 * 1000).rounded() / 1000 }
  }

  var median: Double { Statistics.median(samples) }
}

/// Memory of many guests at rest, in MiB.
struct MemoryFinding: Codable, Hashable, Sendable {
  struct Side: Codable, Hashable, Sendable {
    /// The proportional set size of each QEMU process, all running.
    var proportional: [Double]
    /// That of the first one while it was alone.
    var proportionalOfOne: Double
    /// How much `MemAvailable` fell for each further guest.
    var availableFall: Double

    /// What one more guest adds.
    var marginal: Double {
      guard proportional.count > 1 else { return .nan }
      return (proportional.reduce(0, +) - proportionalOfOne) / Double(proportional.count - 1)
    }
  }

  var template: String
  var guests: Int
  var restSeconds: Double
  var fork: Side
  var cold: Side

  var ratio: Double { fork.marginal / cold.marginal }
}

/// Where it was measured.
struct HostFacts: Codable, Hashable, Sendable {
  var processors: Int
  var memoryMiB: Int
  var fileSystem: String
  /// What covey chose: `kvm` or `tcg`.
  var accelerator: String
  /// What shows it.
  var acceleratorEvidence: String
  /// `release` or `debug`.
  var build: String
  /// By program.
  var versions: [String: String]
}
