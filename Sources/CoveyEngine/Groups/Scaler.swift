import Covey
import Logging

/// The scaling loop: observe, decide by the pure policy, reconcile by requests on guests.
///
/// It never touches a guest itself. Guests are read in one bulk call for all groups that are due. Listeners are looked at side
/// by side: one that does not answer holds up its own groups alone.
public actor Scaler {
  /// While a new member has not been seen to serve, the balancer is looked at this often, for at most `quickLooks`.
  static let quickLook: Duration = .milliseconds(100)
  static let quickLooks: Duration = .seconds(3)
  /// How often every group's listener and members are looked at, whatever its interval.
  static let lookEvery: Duration = .seconds(1)

  /// Whether a group had its size at the latest look, and which.
  struct Settling {
    let desired: Int
    let isSettled: Bool
  }

  /// Requests of a group so far.
  struct Counted {
    let requests: Int
    let at: Timestamp
  }

  /// Groups that share a listener and are looked at one after another.
  private struct Part: Sendable {
    let groups: [Group]
    /// Those whose load is looked at too.
    let due: Set<Name>
  }

  let ledger: Ledger
  let ports: Ports
  let gauges: Gauges
  let rounds: RoundBook
  let traffic: TrafficKeeper
  let guests: GuestRequests
  let logger: Logger
  var memories: [Name: ScalingMemory] = [:]
  /// What balancers had counted when their groups' loads were looked at last.
  var counted: [Name: Counted] = [:]
  var settling: [Name: Settling] = [:]
  var settledOnce: Set<Name> = []
  var reconciling: Set<Name> = []
  var reconcilingAgain: Set<Name> = []
  private var lookedAt: [Name: Timestamp] = [:]
  private var decidedAt: [Name: Timestamp] = [:]
  /// Groups whose turn has begun and is not over: a listener that is mute takes seconds.
  private var underWay: Set<Name> = []
  private var isClosing = false

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
    await withDiscardingTaskGroup { turns in
      while !Task.isCancelled {
        await beginTurns(in: &turns)
        let next = await ports.time.now() + pause()
        while await isCalled(before: next, unless: seen) {
          seen = await ledger.inventory.concerns
          await reconcileAll()
        }
      }
    }
    await rounds.writeAll(at: ports.time.now())
  }

  /// One turn of the loop, to its end.
  public func tick() async {
    await withDiscardingTaskGroup { await beginTurns(in: &$0) }
  }

  private func beginTurns(in turns: inout DiscardingTaskGroup) async {
    let parts = await begin()
    turns.addTask { await self.closeLeftovers() }
    for part in parts { turns.addTask { await self.turn(part) } }
  }

  /// What is to be looked at now: every group once a second, or as often as its interval has passed or something is
  /// waited for. Groups are left out while one of their listener is still being looked at.
  private func begin() async -> [Part] {
    let now = ports.time.now()
    let inventory = await ledger.inventory
    forgetGroups(besides: inventory)
    let serving = inventory.guests.values.filter { $0.state == .serving }.map(\.name)
    await gauges.forgetHealth(besides: Set(serving))
    var parts: [Part] = []
    for groups in Self.neighbours(in: inventory)
    where !groups.contains(where: { underWay.contains($0.name) }) {
      let due = groups.filter { decidedAt[$0.name].map(isOver($0.spec.interval, now)) ?? true }
      var seen: [Group] = []
      for group in groups {
        let isLate = lookedAt[group.name].map(isOver(Self.lookEvery, now)) ?? true
        if isLate || due.contains(group) {
          seen.append(group)
        } else if await isWatched(group) {
          seen.append(group)
        }
      }
      if !seen.isEmpty { parts.append(Part(groups: seen, due: Set(due.map(\.name)))) }
    }
    for group in parts.flatMap(\.groups) {
      underWay.insert(group.name)
      lookedAt[group.name] = now
    }
    for name in parts.flatMap(\.due) { decidedAt[name] = now }
    if parts.contains(where: { !$0.due.isEmpty }) { await observe(at: now) }
    return parts
  }

  private func isOver(_ span: Duration, _ now: Timestamp) -> (Timestamp) -> Bool {
    { now - $0 >= span }
  }

  /// The groups by the listeners that they share; those without one are alone.
  private static func neighbours(in inventory: Inventory) -> [[Group]] {
    let groups = inventory.groups.values.sorted { $0.name < $1.name }
    let alone = groups.filter { $0.spec.listen == nil }.map { [$0] }
    let shared = Dictionary(grouping: groups.filter { $0.spec.listen != nil }, by: \.spec.listen)
    return alone + shared.values
  }

  private func closeLeftovers() async {
    guard !isClosing else { return }
    isClosing = true
    await traffic.closeLeftovers()
    isClosing = false
  }

  private func turn(_ part: Part) async {
    for group in part.groups {
      await traffic.look(at: group)
      if !group.isBeingDeleted {
        await judge(group.name)
        if part.due.contains(group.name) { await decide(group) }
      }
      await reconcile(group.name)
      if group.isBeingDeleted { await finishDeleting(group) }
    }
    underWay.subtract(part.groups.map(\.name))
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

  func attempting(_ what: String, _ body: () async throws -> Void) async {
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

  /// Whether what its checks show matters at every moment.
  private func isWatched(_ group: Group) async -> Bool {
    if group.repair != nil || group.rollout?.isActive == true { return true }
    return await isAwaitingFirstRequest(group.name)
  }

  /// How long nothing has to be begun. What is still under way is not asked for at every moment.
  private func pause() async -> Duration {
    let now = ports.time.now()
    let groups = await ledger.inventory.groups.values
    var pause = Self.lookEvery
    for group in groups {
      if await isAwaitingFirstRequest(group.name) { return Self.quickLook }
      let decision = decidedAt[group.name].map { $0 + group.spec.interval - now } ?? .zero
      let look = lookedAt[group.name].map { $0 + Self.lookEvery - now } ?? .zero
      let least: Duration =
        underWay.contains(group.name) ? Self.quickLook : .milliseconds(10)
      pause = min(pause, max(min(decision, look), least))
    }
    return pause
  }

  private func forgetGroups(besides inventory: Inventory) {
    memories = memories.filter { inventory.groups[$0.key] != nil }
    settledOnce = settledOnce.filter { inventory.groups[$0] != nil }
    settling = settling.filter { inventory.groups[$0.key] != nil }
    lookedAt = lookedAt.filter { inventory.groups[$0.key] != nil }
    decidedAt = decidedAt.filter { inventory.groups[$0.key] != nil }
    counted = counted.filter { inventory.groups[$0.key] != nil }
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
