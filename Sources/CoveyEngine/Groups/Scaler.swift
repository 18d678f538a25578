import Covey
import Logging

/// The scaling loop: observe, decide by the pure policy, reconcile by requests on guests.
///
/// It never touches a guest itself. Guests are read in one bulk call for all groups that are due.
public actor Scaler {
  /// While a new member has not been seen to serve, the balancer is looked at this often, for at most `quickLooks`.
  static let quickLook: Duration = .milliseconds(100)
  static let quickLooks: Duration = .seconds(3)
  static let longestPause: Duration = .seconds(1)

  /// Whether a group had its size at the latest look, and which.
  private struct Settling {
    let desired: Int
    let isSettled: Bool
  }

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let rounds: RoundBook
  private let traffic: TrafficKeeper
  private let guests: GuestRequests
  private let logger: Logger
  private var memories: [Name: ScalingMemory] = [:]
  private var settling: [Name: Settling] = [:]
  private var settledOnce: Set<Name> = []
  private var lookedAt: [Name: Timestamp] = [:]

  public init(
    ledger: Ledger, ports: Ports, gauges: Gauges, rounds: RoundBook, guests: GuestRequests,
    logger: Logger
  ) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.rounds = rounds
    self.guests = guests
    self.logger = logger
    traffic = TrafficKeeper(ledger: ledger, ports: ports, gauges: gauges, logger: logger)
  }

  /// Ends what no group needs any more; to be called before anything asks for new groups.
  public func prepare() async { await traffic.closeStrangers() }

  /// Runs until its task is cancelled.
  public func run() async {
    var seen = await ledger.inventory.concerns
    while !Task.isCancelled {
      await tick()
      let next = await ports.time.now() + pause()
      while await isCalled(before: next, unless: seen) {
        seen = await ledger.inventory.concerns
        await reconcileAll()
      }
    }
    await rounds.writeAll(at: ports.time.now())
  }

  /// One turn of the loop: looks at the groups whose interval has passed.
  public func tick() async {
    let now = ports.time.now()
    let inventory = await ledger.inventory
    let due = inventory.groups.values.filter { group in
      lookedAt[group.name].map { now - $0 >= group.spec.interval } ?? true
    }
    forgetGroups(besides: inventory)
    let serving = inventory.guests.values.filter { $0.state == .serving }.map(\.name)
    await gauges.forgetHealth(besides: Set(serving))
    await traffic.closeLeftovers()
    if !due.isEmpty { await observe(at: now) }
    for group in inventory.groups.values.sorted(by: { $0.name < $1.name }) {
      if due.contains(where: { $0.name == group.name }) {
        lookedAt[group.name] = now
        await round(group)
      } else if await isWatchedClosely(group) {
        await traffic.look(at: group)
        await judge(group.name)
        await reconcile(group.name)
      }
    }
  }

  /// Waits until the next look; true when a group or a member changed before, so that there may be something to do at
  /// once.
  ///
  /// - `seen`: what was there when the groups were last reconciled, so that nothing that came meanwhile is missed.
  private func isCalled(before next: Timestamp, unless seen: Concerns) async -> Bool {
    let (pause, time, ledger) = (next - ports.time.now(), ports.time, ledger)
    guard pause > .zero else { return false }
    return await withTaskGroup { group in
      group.addTask {
        // Cancelled or late, the wait ends.
        try? await time.sleep(for: pause)
        return false
      }
      group.addTask { await ledger.inventory { $0.concerns != seen } != nil }
      let isCalled = await group.next() ?? false
      group.cancelAll()
      return isCalled && !Task.isCancelled
    }
  }

  private func reconcileAll() async {
    for group in await ledger.inventory.groups.keys.sorted() { await reconcile(group) }
  }

  private func observe(at now: Timestamp) async {
    do {
      await gauges.note(try await ports.hypervisor.observe(), at: now)
    } catch {
      logger.error("guests not observed: \(error)")
      await gauges.note([], at: now)
    }
  }

  private func round(_ group: Group) async {
    await traffic.look(at: group)
    if !group.isBeingDeleted {
      await judge(group.name)
      await decide(group)
    }
    await reconcile(group.name)
    if group.isBeingDeleted { await finishDeleting(group) }
  }

  /// Gives up members that are down for long, and moves an update on.
  private func judge(_ group: Name) async {
    let members = await ledger.inventory.members(of: group)
    let signs = await gauges.signs(of: members, in: group)
    await attempting("judging members") { try await ledger.request(.judge(signs), on: group) }
  }

  private func decide(_ group: Group) async {
    let now = ports.time.now()
    let inventory = await ledger.inventory
    guard let group = inventory.groups[group.name] else { return }
    let seen = await observation(of: group, in: inventory, at: now)
    noteSettling(of: group.name, seen, at: now)
    let memory = memories[group.name] ?? ScalingMemory()
    let (verdict, next) = group.spec.policy.decide(seen, memory, at: now)
    memories[group.name] = next
    let round = ScalingRound(
      at: now, cpu: seen.cpu, meanCPU: seen.meanCPU, serving: seen.serving, size: seen.size,
      desired: seen.desired, requestRate: seen.requestRate, verdict: verdict)
    await rounds.note(round, of: group.name)
    await gauges.note(round, of: group.name)
    await carryOut(verdict, on: group)
  }

  private func observation(of group: Group, in inventory: Inventory, at now: Timestamp) async
    -> Observation
  {
    let members = inventory.members(of: group.name)
    let serving = members.filter { $0.state == .serving }
    let loads = await gauges.loads
    let measured = serving.compactMap { member in
      loads[member.name]?.cpu.map { (member.name, $0) }
    }
    let rate = await gauges.traffic[group.name]?.requestRate
    let isQuiet = await isQuiet(group, rate)
    return Observation(
      cpu: Dictionary(uniqueKeysWithValues: measured), requestRate: rate, serving: serving.count,
      size: members.count, desired: group.desired, min: group.spec.min, max: group.spec.max,
      isSettling: !group.isSettledForScaling(in: inventory), isPaused: group.isPaused,
      launchBrake: group.brake.holds(at: now), idle: group.spec.idle, isQuiet: isQuiet)
  }

  /// Whether nobody has asked for anything since the last look, and nothing is under way.
  private func isQuiet(_ group: Group, _ rate: Double?) async -> Bool {
    guard group.mayBeAsleep, rate == 0, let counted = await gauges.traffic[group.name]?.statistics,
      counted.queued == 0, counted.members.values.allSatisfy({ $0.sessions == 0 })
    else { return false }
    return await ports.activator.wakes(of: group.name)?.isQuiet ?? true
  }

  /// The cooldown counts from the moment at which the group reached its size again; reaching it for the first time is
  /// no change, and a change may settle between two looks.
  private func noteSettling(of group: Name, _ seen: Observation, at now: Timestamp) {
    let before = settling[group]
    settling[group] = Settling(desired: seen.desired, isSettled: !seen.isSettling)
    guard let before, !seen.isSettling else { return }
    guard settledOnce.contains(group) else {
      settledOnce.insert(group)
      return
    }
    if !before.isSettled || before.desired != seen.desired {
      memories[group, default: ScalingMemory()].settledAt = now
    }
  }

  private func carryOut(_ verdict: Verdict, on group: Group) async {
    let size: Int
    switch verdict.move {
    case .stay: return
    case .grow: size = min(group.desired + 1, group.spec.max)
    case .shrink: size = max(group.desired - 1, group.spec.min)
    }
    logger.info(
      "\(verdict.move.rawValue) to \(size): \(verdict.reason)",
      metadata: ["group": "\(group.name)"])
    await attempting("scaling") {
      // The ledger decides anew: an owner may have spoken since this look began.
      try await ledger.request(
        .follow(from: group.desired, to: size, why: verdict.reason), on: group.name)
    }
  }

  /// Asks for whatever the group lacks; guests that are busy are left alone.
  private func reconcile(_ name: Name) async {
    let (steps, signs) = await steps(of: name)
    for step in steps {
      if let member = step.retired { await explain(member, of: name, by: signs) }
      await attempting("reconciling") {
        switch step {
        case .launch(let request): try await launch(request, in: name)
        case .request(let guest, let request): _ = try await ledger.request(request, on: guest)
        }
      }
    }
  }

  /// Where somebody has to go, the members are asked what that would cost, and it is decided anew.
  private func steps(of name: Name) async -> ([GroupStep], MemberSigns) {
    let inventory = await ledger.inventory
    let members = inventory.members(of: name)
    var signs = await gauges.signs(of: members, in: name)
    guard let group = inventory.groups[name] else { return ([], signs) }
    let steps = group.reconcile(in: inventory, at: ports.time.now(), signs: signs)
    guard steps.contains(where: { $0.retired != nil }), group.spec.disk == .ephemeral else {
      return (steps, signs)
    }
    signs.costs = await costs(of: members, in: inventory)
    let latest = await ledger.inventory
    guard !signs.costs.isEmpty, let group = latest.groups[name] else { return (steps, signs) }
    return (group.reconcile(in: latest, at: ports.time.now(), signs: signs), signs)
  }

  private func costs(of members: [Guest], in inventory: Inventory) async -> [Name: Double] {
    let asked = members.compactMap { member -> (Name, Endpoint)? in
      guard member.state == .serving, inventory.operation(on: member.name) == nil,
        let endpoint = inventory.reportEndpoint(of: member)
      else { return nil }
      return (member.name, endpoint)
    }
    guard asked.count > 1 else { return [:] }
    return await ports.reports.ask(
      Dictionary(uniqueKeysWithValues: asked), within: ReportKeeper.longestAnswer
    ).compactMapValues(\.report?.cost)
  }

  /// Why a member goes stands among the rounds, after the one that made the group smaller.
  private func explain(_ member: Name, of name: Name, by signs: MemberSigns) async {
    let inventory = await ledger.inventory
    guard let group = inventory.groups[name], inventory.guests[member]?.state == .serving else {
      return
    }
    let reason = group.reasonToGo(member, by: signs)
    logger.info("\(reason)", metadata: ["group": "\(name)"])
    let seen = await observation(of: group, in: inventory, at: ports.time.now())
    await rounds.note(
      ScalingRound(
        at: ports.time.now(), cpu: seen.cpu, meanCPU: seen.meanCPU, serving: seen.serving,
        size: seen.size, desired: seen.desired, requestRate: seen.requestRate,
        verdict: Verdict(.stay, .leaving, reason)), of: name)
  }

  /// A launch that a rule refuses brakes the group like one that fails: asking again at once would change nothing.
  private func launch(_ request: LaunchRequest, in group: Name) async throws {
    do {
      _ = try await guests.launch(request)
    } catch let problem as Problem {
      logger.warning("no launch: \(problem)", metadata: ["group": "\(group)"])
      try await ledger.record([.launchRefused(group, problem)])
    }
  }

  private func finishDeleting(_ group: Group) async {
    guard await ledger.inventory.members(of: group.name).isEmpty else { return }
    await attempting("deleting") {
      // Where others listen too, their next look serves what is left.
      if let listener = await ledger.inventory.listener(of: group.name),
        listener.without(group.name) == nil
      {
        try await ports.balancer.close(listener.endpoint)
      }
      try await ledger.record([.groupForgotten(group.name)])
      await gauges.forget(group.name)
    }
  }

  private func attempting(_ what: String, _ body: () async throws -> Void) async {
    do { try await body() } catch {
      // The next turn looks again: nothing is lost but time.
      logger.warning("\(what): \(error)")
    }
  }

  private func isAwaitingFirstRequest(_ group: Name) async -> Bool {
    let now = ports.time.now()
    let inventory = await ledger.inventory
    // Nobody counts the requests of a group without a balancer.
    guard inventory.groups[group]?.spec.listen != nil else { return false }
    return inventory.members(of: group).contains { member in
      guard let since = member.servingAt, member.firstServedAt == nil else { return false }
      return now - since < Self.quickLooks
    }
  }

  /// Whether what its checks show matters between two looks at its load.
  private func isWatchedClosely(_ group: Group) async -> Bool {
    if group.repair != nil || group.rollout?.isActive == true { return true }
    return await isAwaitingFirstRequest(group.name)
  }

  private func pause() async -> Duration {
    let now = ports.time.now()
    let groups = await ledger.inventory.groups.values
    var pause = Self.longestPause
    for group in groups {
      if await isAwaitingFirstRequest(group.name) { return Self.quickLook }
      let due = lookedAt[group.name].map { $0 + group.spec.interval - now } ?? .zero
      pause = min(pause, max(due, .milliseconds(10)))
    }
    return pause
  }

  private func forgetGroups(besides inventory: Inventory) {
    memories = memories.filter { inventory.groups[$0.key] != nil }
    settledOnce = settledOnce.filter { inventory.groups[$0] != nil }
    settling = settling.filter { inventory.groups[$0.key] != nil }
    lookedAt = lookedAt.filter { inventory.groups[$0.key] != nil }
  }
}

/// What a group's next step depends on besides the load.
private struct Concerns: Equatable {
  let groups: [Name: Group]
  let members: [Name: GuestState]
  let busy: Set<Name>
}

extension Inventory {
  fileprivate var concerns: Concerns {
    let members = guests.values.filter { $0.group != nil }
    return Concerns(
      groups: groups,
      members: Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.state) }),
      busy: Set(operations.values.filter { !$0.status.isOver }.map(\.guest)))
  }
}
