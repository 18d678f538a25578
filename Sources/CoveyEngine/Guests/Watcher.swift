import Covey
import Logging

/// Keeps the inventory true to what the hypervisor shows: on start, on every hint, and now and then.
///
/// Hints only say where to look; what counts is what a fresh read shows. Guests with a plan under way are left to it.
public struct Watcher: Sendable {
  /// How often everything is looked at without a hint.
  static let lookEvery: Duration = .seconds(10)

  private let ledger: Ledger
  private let ports: Ports
  private let logger: Logger

  public init(ledger: Ledger, ports: Ports, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.logger = logger
  }

  /// Runs until its task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          for await _ in await ports.hypervisor.hints() { await look() }
          // The connection ended; its successor is asked for.
          do { try await ports.time.sleep(for: .seconds(1)) } catch { return }
        }
      }
      group.addTask {
        while !Task.isCancelled {
          await look()
          await letGoOn()
          do { try await ports.time.sleep(for: Self.lookEvery) } catch { return }
        }
      }
      group.addTask { await lookAfterFailures() }
    }
  }

  /// Guests with a plan under way are left to it. When the plan fails, perhaps because the machine ended, nobody has seen
  /// that yet.
  private func lookAfterFailures() async {
    var seen = await failures
    for await _ in ledger.revisionNews() {
      let now = await failures
      if !now.isSubset(of: seen) { await look() }
      seen = now
    }
  }

  private var failures: Set<Operation.Identifier> {
    get async {
      Set(await ledger.inventory.operations.values.lazy.filter { $0.status == .failed }.map(\.id))
    }
  }

  /// Adopts guests that covey had before, then settles the inventory with what really runs.
  public func look() async {
    do {
      // What is known is read first: what begins after this look is not judged by it.
      let known = await ledger.inventory
      let observed = try await ports.hypervisor.observe()
      let strangers = observed.filter { known.guests[$0.name] == nil }
      if !strangers.isEmpty { try await adopt(strangers) }
      let adopted = await ledger.inventory.guests.filter { known.guests[$0.key] == nil }
      for finding in known.adding(adopted).findings(from: observed) { try await settle(finding) }
      try await tidy()
    } catch is CancellationError {
    } catch {
      logger.error("look at the hypervisor failed: \(error)")
    }
  }

  /// Lets machines go on that QEMU holds because their disks had no room, where there is some again. One that has too little
  /// is held again, and found so: it is tried now and then, not at every hint.
  func letGoOn() async {
    let inventory = await ledger.inventory
    for guest in inventory.guests.values
    where guest.state == .held && inventory.operation(on: guest.name) == nil {
      do { try await ports.hypervisor.goOn(guest) } catch {
        logger.debug("it is held still: \(error)", metadata: ["guest": "\(guest.name)"])
      }
    }
  }

  /// Takes out layers that an operation left which failed, once things have calmed down.
  private func tidy() async throws {
    let (inventory, now) = (await ledger.inventory, ports.time.now())
    for guest in inventory.guests.values where guest.disks.isUntidy && guest.state != .unknown {
      guard inventory.operation(on: guest.name) == nil,
        !inventory.failedLately(on: guest.name, at: now, rest: Self.tidyAfter)
      else { continue }
      _ = try await ledger.request(.tidy, on: guest.name)
    }
  }

  /// How long after a failure layers are tried to be taken out again.
  static let tidyAfter: Duration = .seconds(60)

  /// Rebuilds records from the metadata that machines carry; those whose launch has begun meanwhile are not strange.
  private func adopt(_ strangers: [ObservedGuest]) async throws {
    let names = Set(strangers.map(\.name))
    for guest in try await ports.hypervisor.identities() where names.contains(guest.name) {
      let current = await ledger.inventory
      guard current.guests[guest.name] == nil else { continue }
      logger.notice("adopted from the hypervisor", metadata: ["guest": "\(guest.name)"])
      try await ledger.record([.guestAdopted(guest)])
    }
  }

  private func settle(_ finding: Finding) async throws {
    let current = await ledger.inventory
    guard let guest = current.guests[finding.guest], current.operation(on: guest.name) == nil,
      guest.state == finding.was
    else { return }
    logger.notice(
      "found \(finding.now.rawValue), was \(finding.was.rawValue): \(finding.reason)",
      metadata: ["guest": "\(guest.name)"])
    var events = [Event.guestFound(guest.name, finding.now, reason: finding.reason)]
    if finding.now == .stopped, guest.disk == .persistent,
      try await ports.hypervisor.hasPoweredOff(guest)
    {
      events.append(.guestPoweredOff(guest.name))
    }
    try await ledger.record(events)
    if finding.now == .starting { _ = try await ledger.request(.serve, on: guest.name) }
  }
}
