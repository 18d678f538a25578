/// What a policy sees of its group at one look.
public struct Observation: Hashable, Sendable {
  public let cpu: [Name: Double]
  public let requestRate: Double?
  public let serving: Int
  /// Guests of the group in every state.
  public let size: Int
  public let desired: Int
  public let min: Int
  public let max: Int
  /// Some member is starting, draining or stopping, or the size is not the desired one.
  public let isSettling: Bool
  public let isPaused: Bool
  /// Why no member may be launched now; nil when one may.
  public let launchBrake: String?
  /// Why members that are down are left alone; nil when they are not.
  public let repairBrake: String?
  /// How long the last member stays without a request, where min is 0.
  public let idle: Duration
  /// Whether no request has come since the last look and none is under way; nobody knows where nothing was counted.
  public let isQuiet: Bool

  public init(
    cpu: [Name: Double], requestRate: Double?, serving: Int, size: Int, desired: Int, min: Int,
    max: Int, isSettling: Bool, isPaused: Bool, launchBrake: String?, repairBrake: String? = nil,
    idle: Duration = GroupSpec.usualIdle, isQuiet: Bool = false
  ) {
    self.idle = idle
    self.isQuiet = isQuiet
    self.cpu = cpu
    self.requestRate = requestRate
    self.serving = serving
    self.size = size
    self.desired = desired
    self.min = min
    self.max = max
    self.isSettling = isSettling
    self.isPaused = isPaused
    self.launchBrake = launchBrake
    self.repairBrake = repairBrake
  }

  /// The mean over the measured members; nil when there is none.
  public var meanCPU: Double? {
    cpu.isEmpty ? nil : cpu.values.reduce(0, +) / Double(cpu.count)
  }
}

extension ThresholdPolicy {
  /// Decides one look. Pure and replayable: the same observation, memory and time give the same verdict.
  ///
  /// Order of checks: sleep (`Observation.sleepVerdict`), no measurement, thresholds with their clocks, paused, held repair, failing launches, settling, cooldown,
  /// bounds, whether one member fewer could carry the load. The clocks run on while the group settles, so that a load that still
  /// holds when a member has come in needs no second wait.
  public func decide(_ seen: Observation, _ memory: ScalingMemory, at now: Timestamp)
    -> (verdict: Verdict, memory: ScalingMemory)
  {
    var memory = memory
    if let verdict = seen.sleepVerdict(&memory, at: now) { return (verdict, memory) }
    guard let mean = seen.meanCPU else {
      var next = memory
      (next.aboveSince, next.belowSince) = (nil, nil)
      let verdict = seen.launchBrake.map { Verdict(.stay, .launchesFail, $0) }
      return (
        verdict ?? Verdict(.stay, .unmeasured, "no serving member has been measured yet"), next
      )
    }
    var next = memory
    next.aboveSince = mean > cpuAbove ? memory.aboveSince ?? now : nil
    // Members that answer nothing use no processor.
    let isDeaf = mean < cpuBelow && seen.repairBrake != nil
    next.belowSince = mean < cpuBelow && !isDeaf ? memory.belowSince ?? now : nil
    let shown = "mean CPU \(percent(mean))"

    if seen.isPaused { return (Verdict(.stay, .paused, "\(shown); the group is paused"), next) }
    if isDeaf, let brake = seen.repairBrake {
      return (Verdict(.stay, .repairHeld, "\(shown); \(brake)"), next)
    }
    if let brake = seen.launchBrake {
      // What cannot grow need not settle first to shrink.
      if let since = next.belowSince { return (shrink(seen, shown, mean, since, now), next) }
      return (Verdict(.stay, .launchesFail, "\(shown); \(brake)"), next)
    }
    if seen.isSettling {
      return (Verdict(.stay, .settling, "\(shown); the last change is still settling"), next)
    }
    if let settled = memory.settledAt, now - settled < cooldown {
      let left = seconds(cooldown - (now - settled))
      return (Verdict(.stay, .cooldown, "\(shown); \(left) of the cooldown are left"), next)
    }
    if let since = next.aboveSince { return (grow(seen, shown, since, now), next) }
    if let since = next.belowSince { return (shrink(seen, shown, mean, since, now), next) }
    return (Verdict(.stay, .within, "\(shown) is between the thresholds"), next)
  }

  private func grow(_ seen: Observation, _ shown: String, _ since: Timestamp, _ now: Timestamp)
    -> Verdict
  {
    let reason = "\(shown) is over \(percent(cpuAbove)) for \(seconds(now - since))"
    if now - since < hold { return Verdict(.stay, .waiting, "\(reason), not yet \(hold.text)") }
    if seen.desired >= seen.max {
      return Verdict(.stay, .atMax, "\(reason), but max is \(seen.max)")
    }
    return Verdict(.grow, .aboveThreshold, reason)
  }

  private func shrink(
    _ seen: Observation, _ shown: String, _ mean: Double, _ since: Timestamp, _ now: Timestamp
  ) -> Verdict {
    let reason = "\(shown) is under \(percent(cpuBelow)) for \(seconds(now - since))"
    if now - since < hold { return Verdict(.stay, .waiting, "\(reason), not yet \(hold.text)") }
    if seen.desired <= Swift.max(seen.min, 1) {
      return Verdict(.stay, .atMin, "\(reason), but min is \(seen.min)")
    }
    let projected = mean * Double(seen.serving) / Double(Swift.max(seen.serving - 1, 1))
    if projected >= cpuAbove {
      let load = "one fewer would be at \(percent(projected))"
      return Verdict(.stay, .wouldOverload, "\(reason), but \(load)")
    }
    return Verdict(.shrink, .belowThreshold, reason)
  }

  private func percent(_ value: Double) -> String { "\(Int(value.rounded())) %" }

  /// Tenths are as fine as the loop is.
  private func seconds(_ span: Duration) -> String {
    Duration.milliseconds((span.milliseconds + 50) / 100 * 100).text
  }
}
