import Covey
import Logging

/// Wakes groups that sleep when a request comes, and shows what waits where it may go.
///
/// It only asks for members; the scaling loop brings them up, and the activator passes the requests on.
public struct Waker: Sendable {
  /// How often the doors are looked after when nothing changes.
  static let lookEvery: Duration = .seconds(1)

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let rounds: RoundBook
  private let logger: Logger

  public init(ledger: Ledger, ports: Ports, gauges: Gauges, rounds: RoundBook, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.rounds = rounds
    self.logger = logger
  }

  /// Runs until its task is cancelled; then whoever waits is turned away.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await keepDoors() }
      group.addTask { for await name in await ports.activator.knocks() { await wake(name) } }
    }
    await ports.activator.end()
  }

  /// Makes the doors what they should be now.
  ///
  /// - Returns: what they are.
  @discardableResult
  public func keep() async -> [Name: Door] {
    let doors = await doors()
    do { try await ports.activator.keep(doors) } catch {
      // The next look tries again.
      if !Task.isCancelled { logger.error("a group's requests cannot be held: \(error)") }
    }
    return doors
  }

  /// Has a group want its first member; nothing, when it is awake or its owner paused it.
  public func wake(_ name: Name) async {
    do {
      let before = await ledger.inventory
      guard try await ledger.request(.wake, on: name) == nil else { return }
      logger.info("woken by a request", metadata: ["group": "\(name)"])
      let members = before.members(of: name)
      let round = ScalingRound(
        at: ports.time.now(), cpu: [:], meanCPU: nil, serving: 0, size: members.count, desired: 0,
        requestRate: nil, verdict: .woken)
      await rounds.note(round, of: name)
      await gauges.note(round, of: name)
    } catch {
      // Gone, paused or not to be saved: who waits is told so, or asks again.
      logger.debug("not woken: \(error)", metadata: ["group": "\(name)"])
    }
  }

  private func keepDoors() async {
    while !Task.isCancelled {
      let doors = await keep()
      await change(from: doors)
    }
  }

  private func doors() async -> [Name: Door] {
    let inventory = await ledger.inventory
    var held: Set<Name> = []
    for group in inventory.groups.values where !group.mayBeAsleep {
      // Whoever waited when its owner said that it sleeps no more is passed on as before.
      if let wakes = await ports.activator.wakes(of: group.name), !wakes.isQuiet {
        held.insert(group.name)
      }
    }
    return inventory.doors(down: await gauges.down, held: held, at: ports.time.now())
  }

  private func change(from doors: [Name: Door]) async {
    let revisions = ledger.revisionNews()
    guard await self.doors() == doors else { return }
    await withTaskGroup { group in
      group.addTask { for await _ in revisions where await self.doors() != doors { return } }
      // Cancelled or late, it ends.
      group.addTask { try? await ports.time.sleep(for: Self.lookEvery) }
      await group.next()
      group.cancelAll()
    }
  }
}
