extension Observation {
  /// Decides whether the group sleeps, or goes to sleep. Pure; notes in the memory since when it has been quiet.
  ///
  /// Members leave one at a time, as by the thresholds, and only where min is 0. The quiet must last for `idle`, while the
  /// group is settled, not paused and not held.
  ///
  /// - Returns: nil where sleep says nothing, so that the thresholds decide.
  func sleepVerdict(_ memory: inout ScalingMemory, at now: Timestamp) -> Verdict? {
    memory.quietSince = isQuiet && desired > 0 ? memory.quietSince ?? now : nil
    guard min == 0 else { return nil }
    guard desired > 0 else {
      (memory.aboveSince, memory.belowSince) = (nil, nil)
      return Verdict(.stay, .asleep, "nobody is wanted until a request comes")
    }
    guard !isSettling, !isPaused, repairBrake == nil, let since = memory.quietSince,
      now - since >= idle
    else {
      return nil
    }
    return Verdict(.shrink, .idle, "no request for \(idle.text)")
  }
}

extension Verdict {
  /// What a round says in which a request woke the group.
  public static let woken = Verdict(.grow, .woken, "a request came while nobody was wanted")
}
