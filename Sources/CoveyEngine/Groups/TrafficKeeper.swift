import Covey
import Logging

/// Keeps each group's balancer as the inventory wants it: running, with just the serving members in it.
struct TrafficKeeper: Sendable {
  let ledger: Ledger
  let ports: Ports
  let gauges: Gauges
  let logger: Logger

  /// One look: reads the counters, opens a balancer that is gone, mends its members, notes first requests.
  ///
  /// Level-triggered: it compares and mends, whatever happened since the last look.
  func look(at group: Group) async {
    do {
      let statistics = try await reached(group)
      await gauges.note(statistics, of: group.name, at: ports.time.now())
      try await mendMembers(of: group.name, statistics)
      try await noteFirstRequests(in: group.name, statistics)
      if group.balancerProblem != nil { try await ledger.record([.balancerRecovered(group.name)]) }
    } catch is CancellationError {
    } catch {
      await note(error, of: group)
    }
  }

  /// Counters of a balancer that answers; one that does not is opened again first.
  private func reached(_ group: Group) async throws -> TrafficStatistics {
    do {
      return try await ports.balancer.statistics(of: group.name)
    } catch let error where !(error is CancellationError) {
      logger.warning("balancer does not answer: \(error)", metadata: ["group": "\(group.name)"])
      try await ports.balancer.open(group.frontend(in: ledger.inventory))
      return try await ports.balancer.statistics(of: group.name)
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
