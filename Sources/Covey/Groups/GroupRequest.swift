/// Everything that may change a group's record.
public enum GroupRequest: Hashable, Sendable {
  case create(GroupSpec)
  case set(GroupSpec)
  case scale(to: Int)
  /// What a policy decided when it saw a desired size; nothing, if that has changed since.
  case follow(from: Int, to: Int, why: String)
  /// A request came while nobody was wanted.
  case wake
  case pause
  /// Also releases the launch brake.
  case resume
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
      return try change(group, in: inventory)
    } catch {
      return .refuse(error)
    }
  }

  private func change(_ group: Group, in inventory: Inventory) throws(Refusal) -> Decision<[Event]>
  {
    switch self {
    case .set(let spec):
      guard spec != group.spec else { return .ignore("group \(group.name) is so already") }
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
    case .create, .delete:
      return .ignore("")
    }
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
    let others = inventory.groups.values.filter { $0.name != name && $0.spec.listen == listen }
    if let other = others.first { throw .listenInUse(listen, group: other.name) }
  }
}
