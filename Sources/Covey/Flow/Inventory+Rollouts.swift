extension Inventory {
  mutating func applyToRollout(_ event: Event, at now: Timestamp) {
    switch event {
    case .repairHeld(let name, let brake): groups[name]?.repair = brake
    case .repairTried(let name, let member): groups[name]?.repair?.tried(member)
    case .repairReleased(let name): groups[name]?.repair = nil
    case .brakeReleased(let name): groups[name]?.brake.release()
    case .groupRetried(let name): tryNow(name, at: now)
    case .rolloutBegan(let name, let rollout):
      tryNow(name, at: now)
      groups[name]?.rollout = rollout
      groups[name]?.version = rollout.from
    case .rolloutMoved(let name, let phase, let why):
      groups[name]?.rollout?.move(to: phase, why: why, at: now)
      if phase == .done, let version = groups[name]?.rollout?.to { groups[name]?.version = version }
      // What failed was the other version.
      if phase == .rollingBack || phase == .failed { groups[name]?.brake.release() }
    case .rolloutPaused(let name): groups[name]?.rollout?.pause()
    case .rolloutResumed(let name): groups[name]?.rollout?.resume(at: now)
    default: break
    }
  }

  /// What failed is not what would be launched now, or its owner does not want to wait.
  mutating func tryNow(_ group: Name, at now: Timestamp) {
    groups[group]?.brake.release()
    groups[group]?.repair?.tryNow(at: now)
  }

  /// A member that served and is no more: soon after it came it tells against what is launched, and one of a rollout's new
  /// version has shown that the version is no good.
  mutating func noteLoss(
    of member: Name, as state: GuestState, _ reason: String, at now: Timestamp
  ) {
    guard state == .failed || state == .stopped, let guest = guests[member],
      guest.state == .serving, let group = guest.group
    else { return }
    noteEarlyLoss(of: guest, in: group, reason, at: now)
    guard let rollout = groups[group]?.rollout, rollout.phase.goesForward,
      rollout.to == guest.templateDigest
    else { return }
    groups[group]?.rollout?.lost(member, reason)
  }

  private mutating func noteEarlyLoss(
    of guest: Guest, in group: Name, _ reason: String, at now: Timestamp
  ) {
    guard let since = guest.servingAt, now - since < LaunchBrake.provenAfter else { return }
    // What went down with the others, or is given up as a trial, tells nothing of launches.
    if let repair = groups[group]?.repair, since <= repair.since || repair.trial == guest.name {
      return
    }
    let span = Duration.seconds((now - since).milliseconds / 1000).text
    groups[group]?.brake.memberLost(
      Problem(.unavailable, "\(guest.name) served for \(span) and was lost: \(reason)"), at: now)
    groups[group]?.repair?.launchFailed(at: now)
  }

  mutating func noteRise(of guest: Guest, in group: Name) {
    groups[group]?.brake.launched()
    groups[group]?.repair?.launched()
    if guest.templateDigest == groups[group]?.rollout?.to { groups[group]?.rollout?.launched() }
  }

  mutating func noteFailedRise(
    ofVersion digest: String?, in group: Name, _ problem: Problem, at now: Timestamp
  ) {
    groups[group]?.brake.launchFailed(problem, at: now)
    groups[group]?.repair?.launchFailed(at: now)
    if let digest, let rollout = groups[group]?.rollout, rollout.phase.goesForward,
      rollout.to == digest
    {
      groups[group]?.rollout?.launchFailed(problem)
    }
  }

  /// Remembers how long a machine took from its start to its first answer.
  mutating func noteReady(_ name: Name, at now: Timestamp) {
    defer { guests[name]?.readyAt = now }
    guard let guest = guests[name], guest.readyAt == nil, let started = guest.startedAt,
      let operation = operation(on: name),
      operation.steps.contains(where: { $0.startKind == guest.start })
    else { return }
    templates[guest.templateDigest]?.noteStart(now - started, of: guest.start)
  }
}
