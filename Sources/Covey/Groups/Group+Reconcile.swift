/// What a group wants done to its guests. Groups never touch guests themselves.
public enum GroupStep: Hashable, Sendable {
  case launch(LaunchRequest)
  case request(Name, GuestRequest)
}

extension Group {
  /// Compares what the group has with what it wants. Pure, level-triggered and repeatable: guests with an operation
  /// under way are counted and left alone.
  ///
  /// Order: everything goes when the group is being deleted; dead members are replaced; too few members wake standbys, then
  /// start what is stopped, then launch; too many retire the ones that serve least and came last. What room is left fills
  /// with standbys.
  public func reconcile(in inventory: Inventory, at now: Timestamp) -> [GroupStep] {
    let members = inventory.members(of: name)
    let idle = members.filter { inventory.operation(on: $0.name) == nil }
    if isBeingDeleted { return endings(of: members, in: inventory) }

    let rested = idle.filter { !inventory.failedLately(on: $0.name, at: now) }
    var steps = rested.filter(isDead).map { GroupStep.request($0.name, .delete(force: false)) }
    steps += idle.filter { $0.state == .running }.map { .request($0.name, .serve) }

    let rising = members.filter { isRising($0, in: inventory) }
    if rising.count < desired {
      steps += grow(by: desired - rising.count, members, rested, in: inventory, at: now)
    } else if rising.count > desired {
      steps += shrink(by: rising.count - desired, rising, in: inventory)
    }
    return steps + pool(after: steps, members, in: inventory, at: now)
  }

  /// Whether the group is where it wants to be: nothing under way and as many serving as desired.
  public func isSettled(in inventory: Inventory) -> Bool {
    let members = inventory.members(of: name)
    let serving = members.filter { $0.state == .serving }
    let others = members.filter { !isKept($0) && !isWaiting($0, in: inventory) }
    return serving.count == desired && others.count == serving.count
      && others.allSatisfy { inventory.operation(on: $0.name) == nil }
  }

  /// An ephemeral member without a working machine serves nobody ever again and holds nothing worth keeping.
  private func isDead(_ member: Guest) -> Bool {
    member.disk == .ephemeral && isDown(member)
  }

  /// A persistent member that is down is kept, for its disk, and started again when the group grows.
  private func isKept(_ member: Guest) -> Bool {
    member.disk == .persistent && isDown(member)
  }

  private func isDown(_ member: Guest) -> Bool {
    [.failed, .stopped, .defined].contains(member.state)
  }

  /// Serves, or is on its way to.
  private func isRising(_ member: Guest, in inventory: Inventory) -> Bool {
    if let operation = inventory.operation(on: member.name) {
      return operation.ending == .becomes(.serving) && operation.status == .running
    }
    return [.starting, .running, .serving, .unknown].contains(member.state)
  }

  /// A standby, or on its way to become one: no part of the size that serves.
  private func isWaiting(_ member: Guest, in inventory: Inventory) -> Bool {
    guard let operation = inventory.operation(on: member.name) else {
      return member.state == .standby
    }
    return operation.ending == .becomes(.standby)
      || (member.state == .standby && operation.ending == .forgotten)
  }

  /// Keeps as many standbys as are wanted and as the cap leaves room for beside the desired size.
  ///
  /// - `steps`: what the members that serve need comes first, and has the host to itself until they do.
  private func pool(
    after steps: [GroupStep], _ members: [Guest], in inventory: Inventory, at now: Timestamp
  ) -> [GroupStep] {
    let woken = steps.count { if case .request(_, .wake) = $0 { true } else { false } }
    let waiting = members.filter { isWaiting($0, in: inventory) }
    let wanted = Swift.max(0, Swift.min(spec.standby, spec.cap - desired))
    let surplus = waiting.count - woken - wanted
    let idle = waiting.filter { inventory.operation(on: $0.name) == nil }
    if woken == 0, let stale = idle.first(where: { !isFresh($0, in: inventory) }) {
      return [.request(stale.name, .delete(force: false))]
    }
    guard surplus < 0 else {
      return idle.dropFirst(woken).suffix(surplus).map {
        .request($0.name, .delete(force: false))
      }
    }
    guard brake.holds(at: now) == nil, !isGrowing(members, by: steps, in: inventory) else {
      return []
    }
    // After a failure one launch at a time shows whether the cause is gone.
    let isTrying = members.contains { inventory.operation(on: $0.name)?.ending.isRise == true }
    guard brake.failures == 0 || !isTrying else { return [] }
    let missing = brake.failures == 0 ? -surplus : 1
    let names = freeNames(Swift.max(0, Swift.min(missing, spec.cap - members.count)), in: inventory)
    return names.map { .launch(launch($0, isStandby: true)) }
  }

  /// Whether a standby is what a launch would make now; those of an older version or another size are replaced, one at a
  /// time.
  private func isFresh(_ standby: Guest, in inventory: Inventory) -> Bool {
    guard let template = inventory.template(spec.template) else { return true }
    return standby.templateDigest == template.digest
      && standby.machine.cpus == spec.cpus ?? template.machine.cpus
      && standby.machine.memory == spec.memory ?? template.machine.memory
  }

  /// Whether a member is about to serve, or on its way.
  private func isGrowing(_ members: [Guest], by steps: [GroupStep], in inventory: Inventory) -> Bool
  {
    steps.contains { step in
      switch step {
      case .launch, .request(_, .wake), .request(_, .start), .request(_, .serve): true
      case .request: false
      }
    } || members.contains { inventory.operation(on: $0.name)?.ending == .becomes(.serving) }
  }

  /// Members on their way up are not waited for, and a graceful end that failed is not tried twice.
  private func endings(of members: [Guest], in inventory: Inventory) -> [GroupStep] {
    members.compactMap { member in
      guard let operation = inventory.operation(on: member.name) else {
        let hasFailed = inventory.operations.values.contains {
          $0.guest == member.name && $0.verb == "delete" && $0.status == .failed
        }
        return .request(member.name, .delete(force: hasFailed))
      }
      return operation.ending.isRise ? .request(member.name, .delete(force: true)) : nil
    }
  }

  private func grow(
    by count: Int, _ members: [Guest], _ rested: [Guest], in inventory: Inventory,
    at now: Timestamp
  ) -> [GroupStep] {
    // Waking launches nothing: no failed launch holds it up.
    let woken = rested.filter { $0.state == .standby }.prefix(count)
    let wakes = woken.map { GroupStep.request($0.name, .wake) }
    guard brake.holds(at: now) == nil else { return wakes }
    // After a failure one launch at a time shows whether the cause is gone.
    let isTrying = members.contains {
      inventory.operation(on: $0.name)?.ending == .becomes(.serving)
    }
    guard brake.failures == 0 || !isTrying else { return wakes }
    let wanted = Swift.min(count - woken.count, brake.failures == 0 ? count : 1)
    let room = Swift.max(0, spec.cap - members.count)
    // A disk that never boots must not keep a fresh member from being tried.
    let mayRetry = brake.failures == 0 || room == 0
    let down = rested.filter { isKept($0) && ($0.state != .failed || mayRetry) }
    let kept = down.filter { $0.state != .failed } + down.filter { $0.state == .failed }
    let again = kept.prefix(wanted)
    let new = Swift.min(wanted - again.count, room)
    return wakes + again.map { .request($0.name, .start) }
      + freeNames(new, in: inventory).map { .launch(launch($0, isStandby: false)) }
  }

  private func launch(_ member: Name, isStandby: Bool) -> LaunchRequest {
    LaunchRequest(
      name: member, template: spec.template, group: name, cpus: spec.cpus, memory: spec.memory,
      disk: spec.disk, readyWithin: spec.readyWithin, isStandby: isStandby)
  }

  private func freeNames(_ count: Int, in inventory: Inventory) -> [Name] {
    var names: [Name] = []
    var number = 1
    while names.count < count, let member = try? Name.member(number, of: name) {
      // A group may have a member's name, and DNS knows only one of them.
      let isFree = inventory.guests[member] == nil && inventory.groups[member] == nil
      if isFree { names.append(member) }
      number += 1
    }
    return names
  }

  /// Those that serve nobody go first; those that serve go only while more than enough serve, so that a group whose
  /// growth is called off keeps its traffic. Of each the highest number goes first, and the lowest comes back first: a member
  /// with a persistent disk is the same one again.
  private func shrink(by count: Int, _ rising: [Guest], in inventory: Inventory) -> [GroupStep] {
    let free = rising.filter { inventory.operation(on: $0.name) == nil }.reversed()
    let serving = free.filter { $0.state == .serving }
    let spare = free.filter { $0.state != .serving }.prefix(count)
    let surplus = Swift.max(0, serving.count - desired)
    let victims = spare + serving.prefix(Swift.min(count - spare.count, surplus))
    return victims.map {
      .request($0.name, .retire(drainWithin: spec.drainWithin, stopWithin: Guest.stopWithin))
    }
  }
}
