import Covey
import CoveyEngine
import Logging

/// An engine on a recording world, with its performer running for as long as a body does.
public struct Engine: Sendable {
  public let world = RecordingWorld()
  public let time = VirtualTime()
  public let identifiers = CountingIdentifiers()
  public let store: any Store
  public let ledger: Ledger
  public let ports: Ports
  public let gauges = Gauges()
  public let rounds: RoundBook
  public let guests: GuestRequests
  public let groups: GroupRequests
  public let scaler: Scaler
  public let watcher: Watcher
  public let monitor: MemberMonitor
  public let reports: ReportKeeper
  public let zones: ZoneKeeper
  public let waker: Waker
  public let workshop: Workshop
  public let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let performer: Performer

  /// - `balancer`: a real one beside the recorded rest; nil records too.
  public init(store: any Store, balancer: (any Balancer)? = nil) throws {
    self.store = store
    ledger = try Ledger(store: store, time: time, identifiers: identifiers)
    ports = Ports(
      hypervisor: world, disks: world, layers: world, backups: world, shelf: world, warmth: world,
      balancer: balancer ?? world,
      probe: world, reports: world, names: world, activator: world, time: time)
    rounds = RoundBook(store: store, logger: logger)
    guests = GuestRequests(ledger: ledger, pool: .standard(block: 0), lowestBindablePort: 0)
    groups = GroupRequests(ledger: ledger, ports: ports)
    performer = Performer(ledger: ledger, ports: ports, logger: logger)
    scaler = Scaler(
      ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, guests: guests, logger: logger)
    workshop = Workshop(
      ledger: ledger, ports: ports, guests: guests, identifiers: identifiers, logger: logger)
    monitor = MemberMonitor(ledger: ledger, ports: ports, gauges: gauges)
    reports = ReportKeeper(ledger: ledger, ports: ports, gauges: gauges)
    zones = ZoneKeeper(
      ledger: ledger, ports: ports, gauges: gauges, domain: Samples.domain, logger: logger)
    waker = Waker(ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, logger: logger)
    watcher = Watcher(ledger: ledger, ports: ports, logger: logger)
  }

  /// Runs the performer beside a body, and ends it with the body.
  public func performing<Value: Sendable>(
    _ body: @escaping @Sendable (Engine) async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        await performer.run()
        return nil
      }
      group.addTask { try await body(self) }
      while let value = try await group.next() {
        if let value {
          group.cancelAll()
          return value
        }
      }
      throw CancellationError()
    }
  }

  /// Launches and waits until the operation is over.
  public func launch(_ request: LaunchRequest) async throws -> Operation {
    try await over(guests.launch(request))
  }

  /// Asks and waits until the operation is over.
  public func ask(_ request: GuestRequest, of guest: Name) async throws -> Operation {
    try await over(ledger.request(request, on: guest))
  }

  /// Waits until no operation is under way.
  public func settle() async {
    _ = await ledger.inventory { $0.operations.values.allSatisfy(\.status.isOver) }
  }

  private func over(_ outcome: Ledger.Outcome) async throws -> Operation {
    guard case .began(let operation) = outcome else { throw CancellationError() }
    let id = operation.id
    let inventory = await ledger.inventory { $0.operations[id]?.status.isOver ?? true }
    guard let ended = inventory?.operations[id] else { throw CancellationError() }
    return ended
  }
}

extension Ports {
  /// The same, by another clock.
  public func with(time: any TimeSource) -> Ports {
    Ports(
      hypervisor: hypervisor, disks: disks, layers: layers, backups: backups, shelf: shelf,
      warmth: warmth, balancer: balancer, seats: seats, probe: probe, reports: reports,
      names: names, activator: activator, time: time)
  }
}
