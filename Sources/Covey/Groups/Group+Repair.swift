extension Group {
  /// A member that checks find down for so long serves nobody any more.
  public static let longestDown: Duration = .seconds(30)

  /// Decides which of the members that checks find down are given up. Pure; one at a time.
  ///
  /// A member that is given up is found `failed`, and replaced; one with a persistent disk is started again in place. A next
  /// one is given up only when its successor serves. While launches fail none is: what is down may come back, and what is
  /// ended cannot. When most are down at once, `RepairBrake` takes hold.
  func repair(by signs: MemberSigns, in inventory: Inventory, at now: Timestamp) -> [Event] {
    let serving = inventory.members(of: name).filter {
      $0.state == .serving && inventory.operation(on: $0.name) == nil
    }
    let down = serving.compactMap { member in signs.downSince[member.name].map { (member.name, $0) }
    }
    .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    if let brake = repair { return repair(down, of: serving.count, under: brake, inventory, now) }
    let fresh = down.filter { now - $0.1 <= RepairBrake.window }
    if RepairBrake.takesHold(down: fresh.count, of: serving.count) {
      return [
        .repairHeld(name, RepairBrake(down: fresh.count, serving: serving.count, at: now))
      ]
    }
    guard let (member, since) = down.first, now - since >= Self.longestDown,
      mayGiveUp(in: inventory, at: now), !isRepairing(in: inventory)
    else { return [] }
    let span = Self.longestDown.text
    let reason =
      signs.words[member].map { "for \(span) \($0)" } ?? "its checks had no answer for \(span)"
    return [.guestFound(member, .failed, reason: reason)]
  }

  private func repair(
    _ down: [(Name, Timestamp)], of serving: Int, under brake: RepairBrake, _ inventory: Inventory,
    _ now: Timestamp
  ) -> [Event] {
    // A trial may leave too few to count; it ends before anything else is judged. Where nobody is wanted in the place of
    // what was given up it has ended.
    guard brake.trial == nil || (!isLacking(in: inventory) && !isRepairing(in: inventory)) else {
      return []
    }
    guard RepairBrake.takesHold(down: down.count, of: serving), let member = down.first?.0 else {
      return [.repairReleased(name)]
    }
    guard !isRepairing(in: inventory) else { return [] }
    if brake.isProven {
      return [.guestFound(member, .failed, reason: "its checks have no answer")]
    }
    guard now >= brake.until else { return [] }
    return [
      .repairTried(name, member: member),
      .guestFound(
        member, .failed, reason: "its checks have no answer; it is replaced as a trial"),
    ]
  }

  /// Decides whether members that were lost soon after they served are outdone: as many as are wanted have served for
  /// long, and answer. Pure.
  func forgive(by signs: MemberSigns, in inventory: Inventory, at now: Timestamp) -> [Event] {
    guard brake.isByLoss else { return [] }
    let proven = inventory.members(of: name).filter { member in
      guard let since = member.servingAt, isAvailable(member, by: signs, in: inventory) else {
        return false
      }
      return now - since >= LaunchBrake.provenAfter
    }
    return proven.count >= desired ? [.brakeReleased(name)] : []
  }

  /// Launches that came to serve and did not last hold repair back no longer than their wait.
  private func mayGiveUp(in inventory: Inventory, at now: Timestamp) -> Bool {
    brake.failures == 0
      || (brake.isByLoss && brake.holds(at: now) == nil && !isLacking(in: inventory))
  }

  /// Whether a member is on its way up, or one that served waits for a successor that is wanted.
  private func isRepairing(in inventory: Inventory) -> Bool {
    let members = inventory.members(of: name)
    return members.contains { isComing($0, in: inventory) }
      || (isLacking(in: inventory) && members.contains { isBroken($0, in: inventory) })
  }

  private func isLacking(in inventory: Inventory) -> Bool {
    inventory.members(of: name).filter { isRising($0, in: inventory) }.count < desired
  }

  /// Whether a member that served lost its machine or was given up, and nothing is being done about it.
  func isBroken(_ member: Guest, in inventory: Inventory) -> Bool {
    guard inventory.operation(on: member.name) == nil, member.servingAt != nil, !member.isAside
    else { return false }
    return isDead(member)
      || (isKept(member) && member.state != .defined && member.reason != Guest.keptReason)
  }

  /// Whether an operation brings the member up to serve.
  func isComing(_ member: Guest, in inventory: Inventory) -> Bool {
    guard let operation = inventory.operation(on: member.name) else { return false }
    return operation.ending == .becomes(.serving) && operation.status == .running
  }
}
