import Covey
import Logging

/// Keeps each group's balancer as the inventory wants it: running, with just the serving members in it.
///
/// Called by the scaling loop alone, one group after another.
actor TrafficKeeper {
  /// A member that the balancer's own checks find down for so long serves nobody any more.
  static let longestDown: Duration = .seconds(30)

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let logger: Logger
  private var opened: [Name: Frontend] = [:]
  private var downSince: [Name: Timestamp] = [:]
  private let checks: MemberChecks

  init(ledger: Ledger, ports: Ports, gauges: Gauges, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.logger = logger
    checks = MemberChecks(probe: ports.probe)
  }

  /// Ends balancers that an earlier daemon began for groups that were never recorded, or are gone.
  func closeStrangers() async {
    let groups = await ledger.inventory.groups.values.filter { $0.spec.listen != nil }
    await ports.balancer.close(besides: Set(groups.map(\.name)))
  }

  /// One look: opens a balancer that is gone or not as recorded, reads its counters, mends its members, notes first
  /// requests and members that are down.
  ///
  /// Level-triggered: it compares and mends, whatever happened since the last look.
  func look(at group: Group) async {
    do {
      let activator = ports.activator.path(of: group.name)
      guard let frontend = await group.frontend(in: ledger.inventory, activator: activator) else {
        return try await check(group.name)
      }
      let statistics = try await reached(frontend)
      await gauges.note(statistics, of: group.name, at: ports.time.now())
      try await mendMembers(of: group.name, statistics)
      try await noteFirstRequests(in: group.name, statistics)
      try await noteDown(
        in: group.name, Set(statistics.members.filter { !$0.value.isUp }.keys),
        by: "the balancer's checks")
      if group.balancerProblem != nil { try await ledger.record([.balancerRecovered(group.name)]) }
    } catch is CancellationError {
    } catch {
      await note(error, of: group)
    }
  }

  /// The look at a group that has no balancer.
  private func check(_ group: Name) async throws {
    let members = await ledger.inventory.members(of: group).filter { $0.state == .serving }
    try await noteDown(in: group, await checks.look(at: members), by: "covey's checks")
  }

  /// Counters of a balancer that is as recorded and answers; any other is opened first, which keeps one that is so.
  private func reached(_ frontend: Frontend) async throws -> TrafficStatistics {
    let group = frontend.group
    if opened[group] != frontend { try await open(frontend) }
    do {
      return try await ports.balancer.statistics(of: group)
    } catch let error where !(error is CancellationError) {
      logger.warning("balancer does not answer: \(error)", metadata: ["group": "\(group)"])
      try await open(frontend)
      return try await ports.balancer.statistics(of: group)
    }
  }

  private func open(_ frontend: Frontend) async throws {
    opened[frontend.group] = nil
    try await ports.balancer.open(frontend)
    opened[frontend.group] = frontend
  }

  private func noteDown(in group: Name, _ down: Set<Name>, by whom: String) async throws {
    await gauges.note(down: down, of: group)
    let now = ports.time.now()
    let inventory = await ledger.inventory
    for member in inventory.members(of: group) {
      let isDown =
        member.state == .serving && inventory.operation(on: member.name) == nil
        && down.contains(member.name)
      guard isDown else {
        downSince[member.name] = nil
        continue
      }
      let since = downSince[member.name] ?? now
      downSince[member.name] = since
      guard now - since >= Self.longestDown else { continue }
      let reason = "\(whom) had no answer for \(Self.longestDown.text)"
      try await ledger.record([.guestFound(member.name, .failed, reason: reason)])
    }
  }

  private func mendMembers(of group: Name, _ statistics: TrafficStatistics) async throws {
    let inventory = await ledger.inventory
    guard let port = inventory.groups[group]?.spec.port else { return }
    let idle = inventory.members(of: group).filter { inventory.operation(on: $0.name) == nil }
    for member in idle where member.state == .serving {
      guard statistics.members[member.name].map(\.isDraining) ?? true else { continue }
      guard let endpoint = member.endpoint(of: port) else { continue }
      try await ports.balancer.enter(
        BalancedMember(name: member.name, endpoint: endpoint), in: group)
    }
    let strangers = statistics.members.keys.filter { name in
      guard let guest = inventory.guests[name] else { return true }
      return inventory.operation(on: name) == nil && guest.state != .serving
    }
    for stranger in strangers { try await ports.balancer.leave(stranger, in: group) }
  }

  private func noteFirstRequests(in group: Name, _ statistics: TrafficStatistics) async throws {
    let waiting = await ledger.inventory.members(of: group).filter {
      $0.servingAt != nil && $0.firstServedAt == nil
    }
    // The requests that woke a group do not pass the balancer's count of its member.
    let woken = await ports.activator.wakes(of: group)?.served ?? [:]
    let served = waiting.filter {
      (statistics.members[$0.name]?.requests ?? 0) + (woken[$0.name] ?? 0) > 0
    }
    try await ledger.record(served.map { .guestServedFirst($0.name) })
  }

  private func note(_ error: any Error, of group: Group) async {
    let problem =
      error as? Problem
      ?? Problem(
        .internal, subject: "group \(group.name)", "\(error)", hint: "see the daemon's log")
    guard problem != group.balancerProblem else { return }
    logger.error("balancer: \(problem)", metadata: ["group": "\(group.name)"])
    do {
      try await ledger.record([.balancerFailed(group.name, problem)])
    } catch {
      logger.error("event not saved: \(error)")
    }
  }
}
