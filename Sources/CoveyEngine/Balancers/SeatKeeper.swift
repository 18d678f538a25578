import Covey
import Logging

/// Keeps the seats of balancers as they are wanted, and records where their addresses are.
///
/// Level-triggered: it looks, has mended what is wrong, and records what differs from what was recorded. The address moves
/// without it.
public actor SeatKeeper {
  public static let interval: Duration = .seconds(1)

  private let ledger: Ledger
  private let ports: Ports
  private let logger: Logger
  /// The latest look at each balancer.
  public private(set) var findings: [Name: [SeatFinding]] = [:]

  public init(ledger: Ledger, ports: Ports, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.logger = logger
  }

  /// Tells the port which balancers there are; to be called before any group is looked at.
  public func prepare() async { await ports.seats.serve(Array(ledger.inventory.balancers.values)) }

  /// Runs until its task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      await look()
      // Cancelled, the wait ends.
      try? await ports.time.sleep(for: Self.interval)
    }
  }

  /// One look at every balancer.
  public func look() async {
    await prepare()
    do { try await ports.seats.endOthers() } catch { logger.warning("seats: \(error)") }
    let balancers = await ledger.inventory.balancers
    findings = findings.filter { balancers[$0.key] != nil }
    for balancer in balancers.values.sorted(by: { $0.name < $1.name }) { await look(at: balancer) }
  }

  /// One look at a balancer, such as right after it was made.
  public func look(at balancer: MovingAddress) async {
    let found = await ports.seats.look(at: balancer)
    guard !found.isEmpty else { return }
    findings[balancer.name] = found
    do {
      guard let recorded = await ledger.inventory.balancers[balancer.name] else { return }
      let events = Self.news(found, since: recorded)
      for event in events { note(event) }
      try await ledger.record(events)
    } catch {
      logger.error("event not saved: \(error)")
    }
  }

  /// What differs from what is recorded. Pure.
  static func news(_ found: [SeatFinding], since recorded: MovingAddress) -> [Event] {
    var events: [Event] = []
    let active = active(in: found, before: recorded.active)
    if active != recorded.active || (recorded.moves.isEmpty && active != nil) {
      events.append(.balancerMoved(recorded.name, to: active))
    }
    for finding in found where finding.problem != recorded.problems[finding.seat] {
      events.append(
        finding.problem.map { .seatFailed(recorded.name, seat: finding.seat, $0) }
          ?? .seatRecovered(recorded.name, seat: finding.seat))
    }
    return events
  }

  /// The seat that has the address. Where two have it, one whose keepalived was killed does not know better: the other one
  /// answers for the address. Pure.
  static func active(in found: [SeatFinding], before: String?) -> String? {
    let holders = found.filter(\.hasAddress)
    let moving = holders.filter(\.isMoving)
    let candidates = moving.isEmpty ? holders : moving
    return (candidates.first { $0.seat == before } ?? candidates.first)?.seat
  }

  private func note(_ event: Event) {
    switch event {
    case .balancerMoved(let name, let seat):
      logger.notice("address is at \(seat ?? "no seat")", metadata: ["balancer": "\(name)"])
    case .seatFailed(let name, let seat, let problem):
      logger.warning("seat \(seat): \(problem)", metadata: ["balancer": "\(name)"])
    default: break
    }
  }
}
