/// What a group wants done to its guests. Groups never touch guests themselves.
public enum GroupStep: Hashable, Sendable {
  case launch(LaunchRequest)
  case request(Name, GuestRequest)
}

extension Group {
  /// Compares what the group has with what it wants. Pure, level-triggered and repeatable: guests with an operation
  /// under way are counted and left alone.
  ///
  /// Order: everything goes when the group is being deleted; dead members are replaced, those that served one at a time;
  /// too few members take back what drains, then wake standbys, then start what is stopped, then launch; too many retire the
  /// ones that are least worth. While a rollout moves it does both, version by version. What room is left fills with
  /// standbys.
  public func reconcile(
    in inventory: Inventory, at now: Timestamp, signs: MemberSigns = MemberSigns()
  ) -> [GroupStep] {
    let muster = muster(in: inventory, at: now, signs)
    let members = muster.members
    if isBeingDeleted { return endings(of: members, in: inventory) }

    let dead = muster.rested.filter { isDead($0) && !muster.held.contains($0.name) }
    var steps = dead.map { GroupStep.request($0.name, .delete(force: false)) }
    let idle = members.filter { inventory.operation(on: $0.name) == nil }
    steps += idle.filter { $0.state == .running }.map { .request($0.name, .serve) }

    let size = muster.rising.count
    let missing = desired - size - muster.held.count - muster.aside
    let isHeld = repair.map { !$0.isProven } ?? false
    // The way back is what mends those that are down.
    if let rollout, rollout.isActive, !rollout.isPaused, !isHeld || rollout.phase == .rollingBack {
      steps += roll(rollout, muster)
    } else if missing > 0 {
      let (count, version) = growth(by: missing, muster)
      steps += grow(by: count, muster, Growth(version: version, room: surgeRoom(muster)))
    } else if size > desired, !isHeld {
      steps += shrink(by: size - desired, muster)
    }
    return steps + pool(after: steps, muster)
  }

  private func muster(in inventory: Inventory, at now: Timestamp, _ signs: MemberSigns) -> Muster {
    let members = inventory.members(of: name)
    let rested = members.filter {
      inventory.operation(on: $0.name) == nil && !inventory.failedLately(on: $0.name, at: now)
    }
    let rising = members.filter { isRising($0, in: inventory) }
    let aside = aside(among: members, in: inventory)
    // What is broken beyond the desired size has no seat.
    let broken = members.filter { isBroken($0, in: inventory) }
      .prefix(Swift.max(0, desired - aside - rising.count))
    // A seat that is empty already is filled first; one that cannot be filled may lack what the dead still hold.
    let isEmpty = rising.count + broken.count + aside < desired && brake.failures == 0
    let isRepairing = isEmpty || members.contains { isComing($0, in: inventory) }
    let next =
      isRepairing ? nil : broken.first { member in rested.contains { $0.name == member.name } }
    return Muster(
      inventory: inventory, now: now, signs: signs, members: members, rested: rested,
      rising: rising, held: Set(broken.map(\.name)).subtracting([next?.name].compactMap(\.self)),
      aside: aside)
  }

  /// Whether the group is where it wants to be: nothing under way and as many serving as desired.
  public func isSettled(in inventory: Inventory) -> Bool {
    let members = inventory.members(of: name)
    let serving = members.filter { $0.state == .serving }
    let others = members.filter { !isKept($0) && !isWaiting($0, in: inventory) }
    guard rollout.map({ !$0.isActive }) ?? true else { return false }
    let aside = aside(among: members, in: inventory)
    return (Swift.max(0, desired - aside)...desired).contains(serving.count)
      && others.count == serving.count
      && others.allSatisfy { inventory.operation(on: $0.name) == nil }
  }

  /// An ephemeral member without a working machine serves nobody ever again and holds nothing worth keeping.
  func isDead(_ member: Guest) -> Bool {
    member.disk == .ephemeral && isDown(member)
  }

  /// A persistent member that is down is kept, for its disk, and started again when the group grows.
  func isKept(_ member: Guest) -> Bool {
    member.disk == .persistent && isDown(member)
  }

  /// How many their owner stopped, or is stopping: nobody takes their places, and they are left alone.
  private func aside(among members: [Guest], in inventory: Inventory) -> Int {
    members.count { $0.isAside || inventory.operation(on: $0.name)?.setsAside == true }
  }

  private func isDown(_ member: Guest) -> Bool {
    [.failed, .stopped, .defined].contains(member.state)
  }

  /// Serves, or is on its way to.
  func isRising(_ member: Guest, in inventory: Inventory) -> Bool {
    if let operation = inventory.operation(on: member.name) {
      return operation.ending == .becomes(.serving) && operation.status == .running
    }
    return [.starting, .running, .serving, .held, .unknown].contains(member.state)
  }

  /// A standby, or on its way to become one: no part of the size that serves.
  func isWaiting(_ member: Guest, in inventory: Inventory) -> Bool {
    guard let operation = inventory.operation(on: member.name) else {
      return member.state == .standby
    }
    return operation.ending == .becomes(.standby)
      || (member.state == .standby && operation.ending == .forgotten)
  }

  /// Keeps as many standbys as are wanted and as the cap leaves room for beside the desired size.
  ///
  /// - `steps`: what the members that serve need comes first, and has the host to itself until they do.
  private func pool(after steps: [GroupStep], _ muster: Muster) -> [GroupStep] {
    let (members, inventory) = (muster.members, muster.inventory)
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
    guard brake.holds(at: muster.now) == nil, !isGrowing(members, by: steps, in: inventory) else {
      return []
    }
    // After a failure one launch at a time shows whether the cause is gone.
    let isTrying = members.contains { inventory.operation(on: $0.name)?.ending.isRise == true }
    guard brake.failures == 0 || !isTrying else { return [] }
    let missing = brake.failures == 0 ? -surplus : 1
    let names = freeNames(Swift.max(0, Swift.min(missing, spec.cap - members.count)), in: inventory)
    return names.map { .launch(launch($0, launchVersion, isStandby: true)) }
  }

  /// Whether a standby is what a launch would make now; those of an older version or another size are replaced, one at a
  /// time.
  private func isFresh(_ standby: Guest, in inventory: Inventory) -> Bool {
    guard let template = template(in: inventory) else { return true }
    return standby.templateDigest == template.digest
      && standby.machine.cpus == spec.cpus ?? template.machine.cpus
      && standby.machine.memory == spec.memory ?? template.machine.memory
  }

  /// Whether a member is about to serve, or on its way.
  private func isGrowing(_ members: [Guest], by steps: [GroupStep], in inventory: Inventory) -> Bool
  {
    steps.contains(where: \.isArrival)
      || members.contains { inventory.operation(on: $0.name)?.ending == .becomes(.serving) }
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

  func grow(by count: Int, _ muster: Muster, _ growth: Growth) -> [GroupStep] {
    // What drains serves at once; waking launches nothing: no failed launch holds either up.
    let back = takeBack(count, muster, growth.isWanted)
    let (inventory, members) = (muster.inventory, muster.members)
    let room = growth.room ?? count
    let woken = muster.rested.filter { $0.state == .standby && growth.isWanted($0) }
      .prefix(Swift.min(count - back.count, room))
    let wakes = back + woken.map { GroupStep.request($0.name, .wake) }
    guard brake.holds(at: muster.now) == nil, wakes.count < count else { return wakes }
    // After a failure one launch at a time shows whether the cause is gone.
    let isTrying = members.contains {
      inventory.operation(on: $0.name)?.ending == .becomes(.serving)
    }
    guard brake.failures == 0 || !isTrying else { return wakes }
    let wanted = Swift.min(count - wakes.count, brake.failures == 0 ? count : 1)
    let left = Swift.max(0, cap - members.count)
    // A disk that never boots must not keep a fresh member from being tried.
    let mayRetry = brake.failures == 0 || brake.isByLoss || left == 0
    let down = muster.rested.filter { member in
      isKept(member) && !member.isAside && (member.state != .failed || mayRetry)
        && !muster.held.contains(member.name) && growth.isWanted(member)
    }
    let kept = down.filter { $0.state != .failed } + down.filter { $0.state == .failed }
    let again = kept.prefix(wanted)
    let new = Swift.min(
      wanted - again.count, left, growth.room.map { Swift.max(0, $0 - woken.count) } ?? wanted)
    return wakes + again.map { .request($0.name, .start) }
      + freeNames(new, in: inventory).map {
        .launch(launch($0, growth.version, isStandby: false))
      }
  }

  /// Members whose retirement has got no further than their drain, the lowest number first.
  func takeBack(_ count: Int, _ muster: Muster, _ isWanted: (Guest) -> Bool) -> [GroupStep] {
    let draining = muster.members.filter { member in
      isWanted(member) && !muster.signs.isDown(member)
        && muster.inventory.operation(on: member.name)?.mayBeCalledOff == true
    }
    return draining.prefix(count).map { .request($0.name, .undrain) }
  }

  private func launch(_ member: Name, _ version: String?, isStandby: Bool) -> LaunchRequest {
    LaunchRequest(
      name: member, template: spec.template, version: version, group: name, cpus: spec.cpus,
      memory: spec.memory, disk: spec.disk, readyWithin: spec.readyWithin, isStandby: isStandby)
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
  /// growth is called off keeps its traffic. While a rollout is held, those of the version that goes are before the others.
  private func shrink(by count: Int, _ muster: Muster) -> [GroupStep] {
    let free = muster.rising.filter { muster.inventory.operation(on: $0.name) == nil }
    let serving = free.filter { $0.state == .serving }
    let spare = free.filter { $0.state != .serving }.reversed().prefix(count)
    let surplus = Swift.max(0, serving.count - desired)
    let isStale = { (member: Guest) in
      rollout.map { $0.isActive && member.templateDigest != $0.goal } ?? false
    }
    let order =
      leaving(serving.filter(isStale), by: muster.signs)
      + leaving(serving.filter { !isStale($0) }, by: muster.signs)
    return (spare + order.prefix(Swift.min(count - spare.count, surplus))).map(retirement)
  }

  func retirement(of member: Guest) -> GroupStep {
    .request(
      member.name, .retire(drainWithin: spec.drainWithin, stopWithin: Guest.stopWithin))
  }
}

extension GroupStep {
  /// Whether a member is about to serve by it.
  var isArrival: Bool {
    switch self {
    case .launch(let request): !request.isStandby
    case .request(_, .wake), .request(_, .start), .request(_, .serve), .request(_, .undrain): true
    case .request: false
    }
  }

  /// The member that is retired by it.
  public var retired: Name? {
    if case .request(let member, .retire) = self { member } else { nil }
  }

  var guest: Name {
    switch self {
    case .launch(let request): request.name
    case .request(let name, _): name
    }
  }
}
