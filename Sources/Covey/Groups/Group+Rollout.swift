extension Group {
  /// The hard cap: how many guests the group may have, counting every state; while members are replaced also those that
  /// stand beside the ones they replace.
  public var cap: Int { spec.cap + (rollout.map { $0.isActive ? $0.plan.surge : 0 } ?? 0) }

  /// The version that new members are of: digest, or nil for the newest.
  ///
  /// While the first few of a new version are watched, the group grows by the old one.
  public var launchVersion: String? {
    guard let rollout, rollout.phase == .rolling || rollout.phase == .settling else {
      return version
    }
    return rollout.to
  }

  /// How many members the group grows by now where its rollout does not move, and of which version. While repair is held
  /// those come first that the rollout wants, so that the trial is one of what may mend the group.
  func growth(by missing: Int, _ muster: Muster) -> (count: Int, version: String?) {
    guard let rollout, rollout.isActive, !rollout.isPaused else { return (missing, launchVersion) }
    let fresh = muster.rising.filter { $0.templateDigest == rollout.goal }
    let wanted = rollout.wanted(of: desired) - fresh.count
    return wanted > 0 ? (Swift.min(missing, wanted), rollout.goal) : (missing, launchVersion)
  }

  /// The template as the group's new members have it; nil when it is gone.
  public func template(in inventory: Inventory) -> Template? {
    launchVersion.map { inventory.templates[$0] } ?? inventory.template(spec.template)
  }

  /// Begins a rollout. Pure. A group that sleeps is woken by it: a version that nobody has tried is not taken for good.
  ///
  /// - Throws: `Refusal.updateOfPersistent`, `.updateUnderWay`, `.noSuchVersion`, `.portNotServed`, `.asleepAndPaused`.
  func beginUpdate(
    to digest: String?, _ plan: RolloutPlan, in inventory: Inventory, at now: Timestamp
  )
    throws(Refusal) -> Decision<[Event]>
  {
    guard spec.disk == .ephemeral else { throw .updateOfPersistent(name) }
    if let rollout, rollout.isActive { throw .updateUnderWay(name, phase: rollout.phase.rawValue) }
    let target = try inventory.requireVersion(digest, of: spec.template)
    guard target.ports.contains(spec.port) else {
      throw .portNotServed(template: target.name, port: spec.port, ports: target.ports)
    }
    let digests = inventory.members(of: name).map(\.templateDigest)
    let others = digests.filter { $0 != target.digest && inventory.templates[$0] != nil }
    let counts = Dictionary(others.map { ($0, 1) }, uniquingKeysWith: +)
    let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    let pinned = version == target.digest ? nil : version
    guard let from = most ?? pinned else {
      return .ignore("group \(name) is at version \(target.shortDigest) already")
    }
    let began = Event.rolloutBegan(
      name, Rollout(from: from, to: target.digest, plan: plan, at: now))
    guard desired == 0 else { return .proceed([began]) }
    guard !isPaused else { throw .asleepAndPaused(name) }
    return .proceed([began, .desiredChanged(name, to: 1, why: "an update tries a version")])
  }

  /// Decides whether a rollout goes on to its next phase. Pure. Forward it goes only while somebody is wanted, who shows what
  /// the new version is worth.
  func advanceRollout(by signs: MemberSigns, in inventory: Inventory, at now: Timestamp) -> [Event]
  {
    guard let rollout, rollout.isActive, !rollout.isPaused, !isBeingDeleted else { return [] }
    let members = inventory.members(of: name).filter { !isWaiting($0, in: inventory) }
    let fresh = members.filter { $0.templateDigest == rollout.goal }
    let isComplete = fresh.count == members.count
    let up = fresh.filter { isAvailable($0, by: signs, in: inventory) }.count
    let arrived = up >= rollout.wanted(of: desired)
    func move(_ phase: Rollout.Phase, _ why: String? = nil) -> [Event] {
      [.rolloutMoved(name, phase, why: why)]
    }
    guard rollout.phase.goesForward else {
      return isComplete && arrived ? move(.rolledBack, rollout.reason) : []
    }
    if let why = failure(of: rollout, fresh, by: signs, at: now) {
      return move(rollout.plan.rollsBack ? .rollingBack : .failed, why)
    }
    guard desired > 0 else { return [] }
    let isBaked = now - rollout.since >= rollout.plan.bake
    switch rollout.phase {
    case .canary: return arrived ? move(.baking) : []
    case .baking:
      guard arrived else { return move(.canary) }
      return isBaked ? move(.rolling) : []
    case .rolling: return isComplete && arrived ? move(.settling) : []
    case .settling:
      let isWell = !fresh.contains { signs.isDown($0) }
      return isBaked && isComplete && isWell ? move(.done) : []
    default: return []
    }
  }

  /// Why the new version is no good; nil while nothing speaks against it.
  private func failure(
    of rollout: Rollout, _ fresh: [Guest], by signs: MemberSigns, at now: Timestamp
  ) -> String? {
    let version = "version \(rollout.to.prefix(12))"
    if rollout.failures >= Rollout.failuresAllowed {
      return "\(version) fails: \(rollout.trouble ?? "its launches failed")"
    }
    let down = fresh.first { member in
      guard member.state == .serving, let since = signs.downSince[member.name] else { return false }
      return now - since >= Rollout.downAllowed
    }
    return down.map { "\(version) fails: the checks of \($0.name) find it down" }
  }

  /// Whether a member serves, stays, and answers its checks.
  func isAvailable(_ member: Guest, by signs: MemberSigns, in inventory: Inventory) -> Bool {
    guard member.state == .serving, !signs.isDown(member) else { return false }
    return inventory.operation(on: member.name).map { $0.ending == .unchanged } ?? true
  }

  /// Whether the policy may look at the load: a group that is being updated never has its size to the letter.
  public func isSettledForScaling(in inventory: Inventory) -> Bool {
    guard let rollout, rollout.isActive else { return isSettled(in: inventory) }
    let members = inventory.members(of: name)
    let serving = members.filter { isAvailable($0, by: MemberSigns(), in: inventory) }
    return serving.count >= desired - rollout.plan.unavailable
      && members.filter { isRising($0, in: inventory) }.count >= desired - rollout.plan.unavailable
  }
}
