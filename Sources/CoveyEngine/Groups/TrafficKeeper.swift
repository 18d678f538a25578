import Covey
import Logging

/// Keeps each group's balancer as the inventory wants it: running, with just the serving members in it.
///
/// Called by the scaling loop alone, one group after another.
actor TrafficKeeper {
  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let logger: Logger
  private var opened: [Name: Frontend] = [:]

  init(ledger: Ledger, ports: Ports, gauges: Gauges, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.logger = logger
  }

  /// Ends balancers that an earlier daemon began for groups that were never recorded, or are gone.
  func closeStrangers() async {
    await ports.balancer.close(besides: Set(ledger.inventory.groups.keys))
  }

  /// One look: opens a balancer that is gone or not as recorded, reads its counters, mends its members, notes first
  /// requests and how its checks find the members.
  ///
  /// Level-triggered: it compares and mends, whatever happened since the last look.
  func look(at group: Group) async {
    do {
      guard let frontend = await group.frontend(in: ledger.inventory) else { return }
      let statistics = try await reached(frontend)
      await gauges.note(statistics, of: group.name, at: ports.time.now())
      try await mendMembers(of: group.name, statistics)
      try await noteFirstRequests(in: group.name, statistics)
      await noteHealth(in: group.name, statistics)
      if group.balancerProblem != nil { try await ledger.record([.balancerRecovered(group.name)]) }
    } catch is CancellationError {
    } catch {
      await noteHealth(in: group.name, nil)
      await note(error, of: group)
    }
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

  /// - `statistics`: nil where the balancer does not answer: nobody can tell then.
  private func noteHealth(in group: Name, _ statistics: TrafficStatistics?) async {
    let inventory = await ledger.inventory
    guard let record = inventory.groups[group] else { return }
    for member in inventory.members(of: group) where record.judge(of: member) == .balancer {
      let isLeftAlone =
        member.state == .serving && inventory.operation(on: member.name) == nil
      let isUp = isLeftAlone ? statistics?.members[member.name]?.isUp : nil
      let reason = isUp == false ? "the balancer's checks have no answer" : nil
      await gauges.note(isUp: isUp, reason, of: member.name, at: ports.time.now())
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
    let served = waiting.filter { statistics.members[$0.name].map { $0.requests > 0 } ?? false }
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
