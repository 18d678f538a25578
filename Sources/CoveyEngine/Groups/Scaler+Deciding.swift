import Covey

/// What a group should be: whom it gives up, and how large it is to be.
extension Scaler {
  /// Gives up members that are down for long, and moves an update on.
  func judge(_ group: Name) async {
    let members = await ledger.inventory.members(of: group)
    let signs = await gauges.signs(of: members, in: group)
    await attempting("judging members") { try await ledger.request(.judge(signs), on: group) }
  }

  func decide(_ group: Group) async {
    let now = ports.time.now()
    let inventory = await ledger.inventory
    guard let group = inventory.groups[group.name] else { return }
    let seen = await observation(of: group, in: inventory, at: now)
    noteSettling(of: group.name, seen, at: now)
    if let requests = await gauges.traffic[group.name]?.statistics.requests {
      counted[group.name] = Counted(requests: requests, at: now)
    }
    let memory = memories[group.name] ?? ScalingMemory()
    let (verdict, next) = group.spec.policy.decide(seen, memory, at: now)
    memories[group.name] = next
    let round = ScalingRound(
      at: now, cpu: seen.cpu, meanCPU: seen.meanCPU, serving: seen.serving, size: seen.size,
      desired: seen.desired, requestRate: seen.requestRate, verdict: verdict)
    await rounds.note(round, of: group.name)
    await gauges.note(round, of: group.name)
    await carryOut(verdict, on: group)
  }

  func observation(of group: Group, in inventory: Inventory, at now: Timestamp) async
    -> Observation
  {
    let members = inventory.members(of: group.name)
    let serving = members.filter { $0.state == .serving }
    let loads = await gauges.loads
    let measured = serving.compactMap { member in
      loads[member.name]?.cpu.map { (member.name, $0) }
    }
    let rate = await requestRate(of: group.name, at: now)
    let isQuiet = await isQuiet(group, rate)
    return Observation(
      cpu: Dictionary(uniqueKeysWithValues: measured), requestRate: rate, serving: serving.count,
      size: members.count, desired: group.desired, min: group.spec.min, max: group.spec.max,
      isSettling: !group.isSettledForScaling(in: inventory), isPaused: group.isPaused,
      launchBrake: group.brake.holds(at: now), repairBrake: group.repair?.words(at: now),
      idle: group.spec.idle, isQuiet: isQuiet)
  }

  /// Requests per second since the load was looked at last, however often the balancer was looked at meanwhile; nil while it
  /// does not answer.
  private func requestRate(of group: Name, at now: Timestamp) async -> Double? {
    guard let requests = await gauges.traffic[group]?.statistics.requests,
      let before = counted[group], now > before.at, requests >= before.requests
    else { return nil }
    return Double(requests - before.requests) / (now - before.at).inSeconds
  }

  /// Whether nobody has asked for anything since the load was looked at last, and nothing is under way. While a
  /// group is updated it stays awake: its members are watched.
  private func isQuiet(_ group: Group, _ rate: Double?) async -> Bool {
    guard group.mayBeAsleep, group.rollout?.isActive != true, rate == 0,
      let counted = await gauges.traffic[group.name]?.statistics,
      counted.queued == 0, counted.members.values.allSatisfy({ $0.sessions == 0 })
    else { return false }
    return await ports.activator.wakes(of: group.name)?.isQuiet ?? true
  }

  /// The cooldown counts from the moment at which the group reached its size again; reaching it for the first time is
  /// no change, and a change may settle between two looks.
  private func noteSettling(of group: Name, _ seen: Observation, at now: Timestamp) {
    let before = settling[group]
    settling[group] = Settling(desired: seen.desired, isSettled: !seen.isSettling)
    guard let before, !seen.isSettling else { return }
    guard settledOnce.contains(group) else {
      settledOnce.insert(group)
      return
    }
    if !before.isSettled || before.desired != seen.desired {
      memories[group, default: ScalingMemory()].settledAt = now
    }
  }

  private func carryOut(_ verdict: Verdict, on group: Group) async {
    let size: Int
    switch verdict.move {
    case .stay: return
    case .grow: size = min(group.desired + 1, group.spec.max)
    case .shrink: size = max(group.desired - 1, group.spec.min)
    }
    logger.info(
      "\(verdict.move.rawValue) to \(size): \(verdict.reason)",
      metadata: ["group": "\(group.name)"])
    await attempting("scaling") {
      // The ledger decides anew: an owner may have spoken since this look began.
      try await ledger.request(
        .follow(from: group.desired, to: size, why: verdict.reason), on: group.name)
    }
  }
}
