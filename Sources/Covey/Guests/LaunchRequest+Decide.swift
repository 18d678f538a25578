/// What a launch needs besides the inventory: facts that only the outside world has.
public struct LaunchFacts: Hashable, Sendable {
  public let uuid: String
  public let pool: AddressPool
  public let lowestBindablePort: Int
  public let now: Timestamp

  public init(uuid: String, pool: AddressPool, lowestBindablePort: Int, now: Timestamp) {
    self.uuid = uuid
    self.pool = pool
    self.lowestBindablePort = lowestBindablePort
    self.now = now
  }
}

/// A new guest and the plan that brings it up.
public struct LaunchPlan: Hashable, Sendable {
  public let guest: Guest
  public let plan: Plan
}

extension LaunchRequest {
  /// Decides a launch. Pure.
  ///
  /// Order of checks: the name, the template, the group and its hard cap (every state counts), sizes, an address.
  /// Every new guest passes here, so that no path can exceed a group's cap.
  public func decide(in inventory: Inventory, with facts: LaunchFacts) -> Decision<LaunchPlan> {
    do throws(Refusal) {
      guard inventory.guests[name] == nil else { throw .guestExists(name) }
      guard inventory.groups[name] == nil else { throw .nameOfGroup(name) }
      let template = try requireTemplate(in: inventory)
      if let group { try checkCap(inventory.requireGroup(group), in: inventory) }
      let machine = try MachineSize(
        cpus: cpus ?? template.machine.cpus, memory: memory ?? template.machine.memory)
      guard let address = facts.pool.free(besides: inventory.addresses) else {
        throw .noAddressLeft(pool: facts.pool.description)
      }
      let ports = template.ports.map {
        PortMapping(offering: $0, lowestBindable: facts.lowestBindablePort)
      }
      let health = template.health.within(readyWithin ?? template.health.within)
      try Self.check(readyWithin: health.within)
      if let diskSize, diskSize > Guest.largestDisk {
        throw .outOfRange(
          field: "disk-size", value: "\(diskSize)", allowed: "\(Guest.largestDisk) at most")
      }
      let guest = Guest(
        name: name, uuid: facts.uuid, template: template, group: group, machine: machine,
        disk: disk, address: address, ports: ports, health: health,
        diskSize: diskSize, isAdopted: adopts != nil || restores != nil,
        created: facts.now)
      if let adopts {
        return .proceed(LaunchPlan(guest: guest, plan: Self.adopting(adopts)))
      }
      if let restores {
        return .proceed(LaunchPlan(guest: guest, plan: guest.restoring(restores)))
      }
      let boots = boots || diskSize != nil
      let set = boots ? nil : inventory.warmSet(of: template.digest, for: machine)
      let setback = boots || set != nil ? nil : Self.notWarm(template, for: machine, in: inventory)
      return .proceed(LaunchPlan(guest: guest, plan: plan(grace(template, health), set, setback)))
    } catch {
      return .refuse(error)
    }
  }

  /// The shortest time in which a guest may be asked to answer its health check.
  public static let shortestReady: Duration = .milliseconds(100)

  /// - Throws: `Refusal.outOfRange` for a time in which nothing could ever answer.
  static func check(readyWithin: Duration) throws(Refusal) {
    guard readyWithin >= shortestReady else {
      throw .outOfRange(
        field: "ready-within", value: readyWithin.text, allowed: "\(shortestReady.text) or more")
    }
  }

  private func requireTemplate(in inventory: Inventory) throws(Refusal) -> Template {
    if let adopts, let version = inventory.templates[adopts.templateDigest] { return version }
    if let restores {
      guard let version = inventory.templates[restores.templateDigest] else {
        throw .noTemplateOfBackup(template, digest: restores.templateDigest)
      }
      return version
    }
    return try inventory.requireVersion(version, of: template)
  }

  private static func adopting(_ disk: AdoptedDisk) -> Plan {
    Plan([.adoptDisk(disk.path), .define], ending: .becomes(.stopped), undoesOnFailure: true)
  }

  private func checkCap(_ group: Group, in inventory: Inventory) throws(Refusal) {
    guard !group.isBeingDeleted else { throw .groupBeingDeleted(group.name) }
    let size = inventory.members(of: group.name).count
    guard size < group.cap else {
      throw .groupFull(group.name, max: group.cap, size: size)
    }
  }

  /// How long the machine may take to answer, by the way in which it starts.
  private struct Grace {
    let boot: Duration
    let fork: Duration
  }

  /// What was asked for wins over what was measured.
  private func grace(_ template: Template, _ health: HealthCheck) -> Grace {
    guard readyWithin == nil else { return Grace(boot: health.within, fork: health.within) }
    return Grace(boot: template.grace(of: .boot), fork: template.grace(of: .fork))
  }

  /// Forks from a warm set, with a cold start for the case that this fails; boots where there is none.
  private func plan(_ grace: Grace, _ set: WarmSet?, _ setback: Problem?) -> Plan {
    let boot = [.createDisk, .define, .startMachine] + arrival(grace.boot)
    let ending = Operation.Ending.becomes(
      isStandby ? .standby : group == nil ? .running : .serving)
    guard let set else {
      return Plan(boot, ending: ending, undoesOnFailure: !keepsFailed, setback: setback)
    }
    let fork: [GuestAction] = [
      .forkDisk(from: set.id), .define, .forkMachine(from: set.id), .identify,
    ]
    return Plan(
      fork + arrival(Swift.min(grace.fork, Self.forkReadyWithin)), ending: ending,
      undoesOnFailure: !keepsFailed, fallback: [.destroy, .removeDisk] + boot)
  }

  /// Nil where its guests cannot be forked at all: then nobody expects it.
  private static func notWarm(
    _ template: Template, for machine: MachineSize, in inventory: Inventory
  ) -> Problem? {
    guard template.identity != nil, template.balloon == .none else { return nil }
    let subject = "template \(template.name)"
    let refused = inventory.warmSets(of: template.name).last {
      $0.templateDigest == template.digest && $0.machine == machine
    }
    if let problem = refused?.refusal { return problem }
    return Problem(
      .notFound, subject: subject,
      "template \"\(template.name)\" is not warm for \(machine)",
      hint:
        "have the next ones forked in a fraction of a second: covey template warm \(template.name)"
        + (machine == template.machine
          ? "" : " --cpus \(machine.cpus) --memory \(machine.memory)"))
  }

  /// From a machine that runs to a guest that is what was asked for.
  private func arrival(_ readyWithin: Duration) -> [GuestAction] {
    Guest.arriving(readyWithin, inGroup: group != nil && !isStandby) + (isStandby ? [.pause] : [])
  }

  /// How long a fork may take to answer: it served before, so that a long silence means that it never will.
  public static let forkReadyWithin: Duration = .seconds(10)
}
