import Covey
import Logging

/// Keeps each group's balancer as the inventory wants it: running, with just the serving members in it.
///
/// Called by the scaling loop alone: listeners side by side, the groups of one listener one after another.
actor TrafficKeeper {
  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let logger: Logger
  private var opened: [Endpoint: Listener] = [:]
  /// Weights that were carried over; a member that is not here has the usual one, or entered with its own.
  private var weights: [Name: Int] = [:]
  private var woken = WokenCounts()

  init(ledger: Ledger, ports: Ports, gauges: Gauges, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.logger = logger
  }

  /// Ends listeners that an earlier daemon began for groups that were never recorded, or are gone.
  func closeStrangers() async {
    do {
      try await ports.balancer.close(besides: Set(ledger.inventory.listeners.map(\.endpoint)))
    } catch {
      // The next daemon finds them again.
      logger.warning("listeners that no group needs were not ended: \(error)")
    }
  }

  /// Ends listeners that this daemon opened and no group has any more: those that a group moved away from.
  func closeLeftovers() async {
    let inventory = await ledger.inventory
    woken.forget(besides: Set(inventory.guests.keys))
    let needed = Set(inventory.listeners.map(\.endpoint))
    for endpoint in opened.keys where !needed.contains(endpoint) {
      do {
        try await ports.balancer.close(endpoint)
        opened[endpoint] = nil
      } catch {
        // The next look tries again.
        logger.warning("listener not closed: \(error)", metadata: ["listen": "\(endpoint)"])
      }
    }
  }

  /// One look: opens a balancer that is gone or not as recorded, reads its counters, mends its members, notes first
  /// requests and how its checks find the members, and takes in new certificates.
  ///
  /// Level-triggered: it compares and mends, whatever happened since the last look. What fails of a listener that several
  /// groups share is noted for this group; what goes on without it goes on.
  func look(at group: Group) async {
    do {
      let inventory = await ledger.inventory
      guard let frontend = inventory.groups[group.name]?.frontend(in: inventory),
        let listener = inventory.listener(at: frontend.listen)
      else { return }
      let (statistics, problem) = try await heard(frontend, listener)
      await gauges.note(statistics, of: group.name, at: ports.time.now())
      try await mendMembers(of: frontend, statistics)
      try await noteFirstRequests(in: group.name, statistics)
      await noteHealth(in: group.name, statistics)
      if let problem { return await note(problem, of: group) }
      if frontend.certificate != nil { try await ports.balancer.renewCertificate(of: frontend) }
      if group.balancerProblem != nil { try await ledger.record([.balancerRecovered(group.name)]) }
    } catch is CancellationError {
    } catch {
      await noteHealth(in: group.name, nil)
      await note(error, of: group)
    }
  }

  private func heard(_ frontend: Frontend, _ listener: Listener) async throws -> (
    TrafficStatistics, (any Error)?
  ) {
    do { return try await reached(frontend, listener) } catch {
      await gauges.noteMute(frontend.group)
      throw error
    }
  }

  /// Counters of a balancer that answers, and why it is not as recorded, if so: what ran before goes on serving then.
  private func reached(_ frontend: Frontend, _ listener: Listener) async throws -> (
    TrafficStatistics, (any Error)?
  ) {
    var problem: (any Error)?
    if opened[listener.endpoint] != listener {
      do { try await open(listener) } catch let error where !(error is CancellationError) {
        problem = error
      }
    }
    do {
      return (try await ports.balancer.statistics(of: frontend), problem)
    } catch let error where !(error is CancellationError) {
      // It was tried just now: nothing runs that could go on.
      if let problem { throw problem }
      logger.warning(
        "balancer does not answer: \(error)", metadata: ["group": "\(frontend.group)"])
      try await open(listener)
      return (try await ports.balancer.statistics(of: frontend), nil)
    }
  }

  private func open(_ listener: Listener) async throws {
    opened[listener.endpoint] = nil
    try await ports.balancer.open(listener)
    opened[listener.endpoint] = listener
  }

  /// - `statistics`: nil where the balancer does not answer: nobody can tell then.
  private func noteHealth(in group: Name, _ statistics: TrafficStatistics?) async {
    let inventory = await ledger.inventory
    guard let record = inventory.groups[group] else { return }
    let reports = await gauges.reports
    for member in inventory.members(of: group) where record.judge(of: member) == .balancer {
      let report = reports[member.name]
      let seen = statistics?.members[member.name]
      // In maintenance nothing is checked, so that it looks down: but it asked for that.
      let isLeftAlone =
        member.state == .serving && inventory.operation(on: member.name) == nil
        && report?.report?.wantsNothingNew != true && seen.map { $0.isUp || !$0.isDraining } ?? true
      let isUp = isLeftAlone ? seen?.isUp : nil
      let reason =
        isUp == false ? report?.wordsOfDown ?? "the balancer's checks have no answer" : nil
      await gauges.note(isUp: isUp, reason, of: member.name, at: ports.time.now())
    }
  }

  private func mendMembers(of frontend: Frontend, _ statistics: TrafficStatistics) async throws {
    let inventory = await ledger.inventory
    let group = frontend.group
    let members = inventory.members(of: group)
    let wanted = members.compactMap { member in
      member.state == .serving && inventory.operation(on: member.name) == nil
        ? inventory.balanced(member) : nil
    }
    let content = await membersThatWantNothingNew(among: wanted, statistics)
    for member in wanted where !content.contains(member.name) {
      let isThere = statistics.members[member.name].map { !$0.isDraining } ?? false
      let weight = weights[member.name] ?? BalancedMember.usualWeight
      guard !isThere || weight != member.weight else { continue }
      // Entering one that is there as it should be changes nothing.
      try await ports.balancer.enter(member, in: frontend)
      weights[member.name] = member.weight
    }
    try await turnOut(strangers(in: inventory, statistics), of: frontend, inventory, statistics)
  }

  /// Those who are there and should not be; members with a plan under way are left to it.
  private func strangers(in inventory: Inventory, _ statistics: TrafficStatistics) -> [Name] {
    statistics.members.keys.filter { name in
      guard let guest = inventory.guests[name] else { return true }
      return inventory.operation(on: name) == nil && guest.state != .serving
    }
  }

  /// What a member has begun is not cut because a plan on it failed: it gets nothing new, and leaves when its requests have
  /// ended, or with its machine.
  private func turnOut(
    _ strangers: [Name], of frontend: Frontend, _ inventory: Inventory,
    _ statistics: TrafficStatistics
  ) async throws {
    for stranger in strangers {
      weights[stranger] = nil
      guard let seen = statistics.members[stranger], seen.sessions > 0,
        inventory.guests[stranger] != nil
      else {
        try await ports.balancer.leave(stranger, in: frontend)
        continue
      }
      if !seen.isDraining { try await ports.balancer.drain(stranger, in: frontend) }
    }
  }

  /// Members that are out of the rotation and have not said that they want to be in it: nobody fights what they asked for.
  /// They are asked now, because HAProxy may have heard it before covey did. One that is silent for a moment, or says half
  /// nonsense of which HAProxy took the other half, stays where it is until it says `up`.
  private func membersThatWantNothingNew(
    among members: [BalancedMember], _ statistics: TrafficStatistics
  ) async -> Set<Name> {
    let draining = members.filter { statistics.members[$0.name]?.isDraining == true }
    let asked = draining.compactMap { member in member.report.map { (member.name, $0) } }
    guard !asked.isEmpty else { return [] }
    let found = await ports.reports.ask(
      Dictionary(uniqueKeysWithValues: asked), within: ReportKeeper.longestAnswer)
    return Set(asked.map(\.0)).filter { found[$0]?.report?.standing != .up }
  }

  private func noteFirstRequests(in group: Name, _ statistics: TrafficStatistics) async throws {
    let members = await ledger.inventory.members(of: group)
    // The requests that woke a group do not pass the balancer's count of its member.
    let passed = await ports.activator.wakes(of: group)?.served ?? [:]
    let own = woken.note(passed, of: members)
    let served = members.filter { member in
      member.servingAt != nil && member.firstServedAt == nil
        && (statistics.members[member.name]?.requests ?? 0) + (own[member.name] ?? 0) > 0
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
