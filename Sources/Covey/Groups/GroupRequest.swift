/// Everything that may change a group's record.
public enum GroupRequest: Hashable, Sendable {
  case create(GroupSpec)
  /// Nothing, if it is not any more what it was when this was made of it: what came meanwhile would be lost.
  case set(GroupSpec, from: GroupSpec)
  case scale(to: Int)
  /// What a policy decided when it saw a desired size; nothing, if that has changed since.
  case follow(from: Int, to: Int, why: String)
  /// A request came while nobody was wanted.
  case wake
  case pause
  /// Also releases the launch brake.
  case resume
  /// Releases what holds launches and repair back.
  case retry
  /// Replaces the members by those of a version, by the beginning of its digest; nil is the newest.
  case update(to: String?, RolloutPlan)
  case pauseUpdate
  case resumeUpdate
  /// Takes the update back that is under way, or failed.
  case rollBack
  /// What checks show of the members: whom to give up, and whether an update goes on.
  case judge(MemberSigns)
  /// Gives a member another share beside the others'.
  case weigh(Name, Int)
  case delete
}

extension GroupRequest {
  /// Decides what a request means for a group, as the events that make it so. Pure.
  ///
  /// Order of checks: the group's existence, a guest of its name, its deletion, its template, its listener, its bounds.
  public func decide(_ name: Name, in inventory: Inventory, at now: Timestamp)
    -> Decision<[Event]>
  {
    do throws(Refusal) {
      if case .create(let spec) = self {
        guard inventory.groups[name] == nil else { throw .groupExists(name) }
        guard inventory.guests[name] == nil else { throw .nameOfGuest(name) }
        try check(spec, of: name, in: inventory)
        // The longest member name must still be a name.
        _ = try Name.member(GroupSpec.largestMax, of: name)
        return .proceed([.groupCreated(Group(name: name, spec: spec, created: now))])
      }
      let group = try inventory.requireGroup(name)
      if self == .delete {
        return group.isBeingDeleted
          ? .ignore("group \(name) is being deleted already") : .proceed([.groupDeleting(name)])
      }
      guard !group.isBeingDeleted else { throw .groupBeingDeleted(name) }
      return try change(group, in: inventory, at: now)
    } catch {
      return .refuse(error)
    }
  }

  private func change(_ group: Group, in inventory: Inventory, at now: Timestamp) throws(Refusal)
    -> Decision<[Event]>
  {
    switch self {
    case .set(let spec, let old):
      guard spec != group.spec else { return .ignore("group \(group.name) is so already") }
      guard group.spec == old else { throw .groupHasChanged(group.name) }
      if let rollout = group.rollout, rollout.isActive, spec.template != group.spec.template {
        throw .updateUnderWay(group.name, phase: rollout.phase.rawValue)
      }
      try check(spec, of: group.name, in: inventory)
      return .proceed([.groupChanged(group.name, spec)])
    case .scale(let size):
      guard (group.spec.min...group.spec.max).contains(size) else {
        throw .outsideBounds(group.name, size: size, min: group.spec.min, max: group.spec.max)
      }
      guard size != group.desired else { return .ignore("desired size is \(size) already") }
      return .proceed([.desiredChanged(group.name, to: size, why: "asked for by the user")])
    case .follow(let seen, let size, let why):
      let isStillSo =
        group.desired == seen && !group.isPaused
        && (group.spec.min...group.spec.max).contains(size)
      return isStillSo
        ? .proceed([.desiredChanged(group.name, to: size, why: why)])
        : .ignore("group \(group.name) has changed since")
    case .wake:
      guard group.desired == 0 else { return .ignore("group \(group.name) is awake already") }
      guard !group.isPaused else { throw .asleepAndPaused(group.name) }
      return .proceed([.desiredChanged(group.name, to: 1, why: "a request woke it")])
    case .pause:
      return group.isPaused
        ? .ignore("group \(group.name) is paused already")
        : .proceed([.groupPaused(group.name)])
    case .resume:
      return group.isPaused || group.brake.failures > 0
        ? .proceed([.groupResumed(group.name)]) : .ignore("group \(group.name) is not paused")
    case .retry, .update, .pauseUpdate, .resumeUpdate, .rollBack, .judge:
      return try mend(group, in: inventory, at: now)
    case .weigh(let member, let weight): return try weigh(member, weight, group, in: inventory)
    case .create, .delete:
      return .ignore("")
    }
  }

  private func mend(_ group: Group, in inventory: Inventory, at now: Timestamp) throws(Refusal)
    -> Decision<[Event]>
  {
    let (name, rollout) = (group.name, group.rollout)
    switch self {
    case .retry:
      return group.brake.failures > 0 || group.repair != nil
        ? .proceed([.groupRetried(name)])
        : .ignore("nothing of group \(name) is held back")
    case .update(let version, let plan):
      return try group.beginUpdate(to: version, plan, in: inventory, at: now)
    case .pauseUpdate:
      guard let rollout, rollout.isActive else { throw .noUpdate(name, verb: "pause") }
      return rollout.isPaused
        ? .ignore("the update of group \(name) is paused already")
        : .proceed([.rolloutPaused(name)])
    case .resumeUpdate:
      guard let rollout, rollout.isActive else { throw .noUpdate(name, verb: "resume") }
      return rollout.isPaused
        ? .proceed([.rolloutResumed(name)]) : .ignore("the update of group \(name) is not paused")
    case .rollBack:
      guard let rollout, rollout.isActive || rollout.phase == .failed else {
        throw .noUpdate(name, verb: "roll back")
      }
      return rollout.phase == .rollingBack
        ? .ignore("the update of group \(name) is being rolled back already")
        : .proceed([.rolloutMoved(name, .rollingBack, why: "asked for by the user")])
    case .judge(let signs):
      let events =
        group.repair(by: signs, in: inventory, at: now)
        + group.forgive(by: signs, in: inventory, at: now)
        + group.advanceRollout(by: signs, in: inventory, at: now)
      return events.isEmpty ? .ignore("nothing has changed") : .proceed(events)
    default: return .ignore("")
    }
  }

  private func weigh(_ member: Name, _ weight: Int, _ group: Group, in inventory: Inventory)
    throws(Refusal) -> Decision<[Event]>
  {
    let allowed = BalancedMember.weightsAllowed
    guard allowed.contains(weight) else {
      throw .outOfRange(
        field: "weight", value: "\(weight)",
        allowed:
          "\(allowed.lowerBound) to \(allowed.upperBound); 100 is usual, 0 gets no new requests")
    }
    guard try inventory.requireGuest(member).group == group.name else {
      throw .noMember(member, of: group.name)
    }
    guard group.weight(of: member) != weight else {
      return .ignore("member \(member) has weight \(weight) already")
    }
    return .proceed([.memberWeighed(member, of: group.name, weight: weight)])
  }

  private func check(_ spec: GroupSpec, of name: Name, in inventory: Inventory) throws(Refusal) {
    let template = try inventory.requireTemplate(spec.template)
    guard template.ports.contains(spec.port) else {
      throw .portNotServed(template: template.name, port: spec.port, ports: template.ports)
    }
    _ = try MachineSize(
      cpus: spec.cpus ?? template.machine.cpus, memory: spec.memory ?? template.machine.memory)
    // A listener on every address would take the members' own ports too.
    guard let listen = spec.listen else { return }
    guard listen.address.number != 0 || listen.port != spec.port else {
      throw .listenCoversMembers(listen)
    }
    try Listener.check(spec, beside: inventory.groups.values.filter { $0.name != name })
  }
}
