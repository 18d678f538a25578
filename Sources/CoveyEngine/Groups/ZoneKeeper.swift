import Covey
import Logging

/// Keeps DNS as the inventory wants it: publishes at every change, and looks again each second.
public actor ZoneKeeper {
  /// How often what is published is looked after when nothing changes.
  static let lookEvery: Duration = .seconds(1)

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  private let domain: HostName
  private let logger: Logger
  /// Why the zone could not be published the last time.
  public private(set) var problem: Problem?

  public init(ledger: Ledger, ports: Ports, gauges: Gauges, domain: HostName, logger: Logger) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
    self.domain = domain
    self.logger = logger
  }

  /// Runs until its task is cancelled. What is published then stays, unless that is nothing.
  public func run() async {
    while !Task.isCancelled {
      let zone = await publish()
      await change(from: zone)
    }
    guard await wanted().addresses.isEmpty else { return }
    do { try await ports.names.close() } catch { logger.warning("DNS did not end: \(error)") }
  }

  /// Publishes the zone as it should be now.
  @discardableResult
  public func publish() async -> Zone {
    let zone = await wanted()
    do {
      try await ports.names.publish(zone)
      if problem != nil { logger.notice("DNS works again") }
      problem = nil
    } catch {
      note(error)
    }
    return zone
  }

  private func wanted() async -> Zone {
    await ledger.inventory.zone(of: domain, down: gauges.down, unwilling: gauges.unwilling)
  }

  private func note(_ error: any Error) {
    guard !Task.isCancelled else { return }
    let found =
      error as? Problem ?? Problem(.internal, subject: "dns", "\(error)", hint: "see the log")
    if found != problem { logger.error("DNS: \(found)") }
    problem = found
  }

  /// Returns when the zone should be another, or when it is time to look again.
  private func change(from zone: Zone) async {
    let time = ports.time
    // Subscribed before what is now is compared, so that nothing that comes meanwhile is missed.
    let (revisions, members) = (ledger.revisionNews(), gauges.memberNews())
    guard await wanted() == zone else { return }
    await withTaskGroup { group in
      group.addTask { for await _ in revisions where await self.wanted() != zone { return } }
      group.addTask { for await _ in members where await self.wanted() != zone { return } }
      group.addTask { try? await time.sleep(for: Self.lookEvery) }  // cancelled or late, it ends
      await group.next()
      group.cancelAll()
    }
  }
}
