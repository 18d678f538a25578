/// Trials whose figures are of an earlier run.
struct KeptTrials: Codable, Hashable, Sendable {
  /// As `BenchPlan.Trial` calls them.
  var trials: [String]
  var date: String
  var command: String
  var rounds: Int
}

extension Findings {
  /// These, and of earlier ones what this run did not measure: a run of some trials replaces their figures alone. Pure.
  ///
  /// Findings that do not say which trials they are of are of all.
  func keeping(_ earlier: Findings) -> Findings {
    let measured = Set(trials ?? BenchPlan.Trial.allCases.map(\.rawValue))
    let left = BenchPlan.Trial.allCases.filter { !measured.contains($0.rawValue) }
    guard !left.isEmpty else { return self }
    var all = self
    for trial in left { all.take(trial, from: earlier) }
    let names = Set(left.map(\.rawValue))
    let older = (earlier.kept ?? []).flatMap(\.trials)
    let own = earlier.trials ?? BenchPlan.Trial.allCases.map(\.rawValue)
    let parts =
      [
        KeptTrials(
          trials: own.filter { !older.contains($0) }, date: earlier.date,
          command: earlier.command, rounds: earlier.rounds)
      ] + (earlier.kept ?? [])
    all.kept = parts.compactMap { part in
      var part = part
      part.trials = part.trials.filter(names.contains)
      return part.trials.isEmpty ? nil : part
    }
    return all
  }

  private mutating func take(_ trial: BenchPlan.Trial, from earlier: Findings) {
    switch trial {
    case .starts: (starts, steps) = (earlier.starts, earlier.steps)
    case .burst: bursts = earlier.bursts
    case .size: sizes = earlier.sizes
    case .memory: memory = earlier.memory
    case .reaction: reactions = earlier.reactions
    case .traffic:
      (disturbances, withdrawals) = (earlier.disturbances, earlier.withdrawals)
      (moves, wakings) = (earlier.moves, earlier.wakings)
    case .disk: (disks, diskMebibytes) = (earlier.disks, earlier.diskMebibytes)
    }
    failures += earlier.failures.filter { $0.hasPrefix("\(trial.rawValue) of ") }
  }
}
