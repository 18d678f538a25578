/// What a group wants done to its guests. Groups never touch guests themselves.
public enum GroupStep: Hashable, Sendable {
  case launch(LaunchRequest)
  case request(Name, GuestRequest)
}

extension Group {
  /// Compares what the group has with what it wants. Pure, level-triggered and repeatable: guests with an operation
  /// under way are counted and left alone.
  ///
  /// Order: everything goes when the group is being deleted; dead members are replaced; too few members start what
  /// is stopped, then launch; too many retire the ones that serve least and came last.
  public func reconcile(in inventory: Inventory, at now: Timestamp) -> [GroupStep] {
    let members = inventory.members(of: name)
    let idle = members.filter { inventory.operation(on: $0.name) == nil }
    if isBeingDeleted { return idle.map { .request($0.name, .delete(force: false)) } }

    var steps = idle.filter(isDead).map { GroupStep.request($0.name, .delete(force: false)) }
    steps += idle.filter { $0.state == .running }.map { .request($0.name, .serve) }

    let rising = members.filter { isRising($0, in: inventory) }
    if rising.count < desired {
      steps += grow(by: desired - rising.count, members, idle, in: inventory, at: now)
    } else if rising.count > desired {
      steps += shrink(by: rising.count - desired, rising, in: inventory)
    }
    return steps
  }

  /// Whether the group is where it wants to be: nothing under way and as many serving as desired.
  public func isSettled(in inventory: Inventory) -> Bool {
    let members = inventory.members(of: name)
    let serving = members.filter { $0.state == .serving }
    let kept = members.filter(isKept)
    return serving.count == desired && serving.count + kept.count == members.count
      && members.allSatisfy { inventory.operation(on: $0.name) == nil }
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

  private func grow(
    by count: Int, _ members: [Guest], _ idle: [Guest], in inventory: Inventory, at now: Timestamp
  ) -> [GroupStep] {
    guard brake.holds(at: now) == nil else { return [] }
    // After a failure one launch at a time shows whether the cause is gone.
    let wanted = brake.failures == 0 ? count : 1
    let kept = idle.filter(isKept).prefix(wanted)
    let room = Swift.max(0, spec.cap - members.count)
    let fresh = Swift.min(wanted - kept.count, room)
    return kept.map { .request($0.name, .start) }
      + freeNames(fresh, in: inventory).map { .launch(launch($0)) }
  }

  private func launch(_ member: Name) -> LaunchRequest {
    LaunchRequest(
      name: member, template: spec.template, group: name, cpus: spec.cpus, memory: spec.memory,
      disk: spec.disk, readyWithin: spec.readyWithin)
  }

  private func freeNames(_ count: Int, in inventory: Inventory) -> [Name] {
    var names: [Name] = []
    var number = 1
    while names.count < count, let member = try? Name.member(number, of: name) {
      if inventory.guests[member] == nil { names.append(member) }
      number += 1
    }
    return names
  }

  private func shrink(by count: Int, _ rising: [Guest], in inventory: Inventory) -> [GroupStep] {
    let free = rising.filter { inventory.operation(on: $0.name) == nil }
    let victims = free.sorted { left, right in
      let (a, b) = (left.state == .serving, right.state == .serving)
      return a == b ? left.name > right.name : !a
    }
    return victims.prefix(count).map {
      .request($0.name, .retire(drainWithin: spec.drainWithin, stopWithin: Guest.stopWithin))
    }
  }
}
