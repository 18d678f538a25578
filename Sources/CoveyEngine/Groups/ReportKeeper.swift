import Covey

/// Asks all serving members for their reports, now and then, beside the scaling loop: a member that hangs holds nobody up.
public struct ReportKeeper: Sendable {
  public static let askEvery: Duration = .seconds(2)
  public static let longestAnswer: Duration = .seconds(1)

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges

  public init(ledger: Ledger, ports: Ports, gauges: Gauges) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
  }

  /// Runs until its task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      await look()
      // Cancelled, the wait ends early.
      try? await ports.time.sleep(for: Self.askEvery)
    }
  }

  /// Asks once. Members that went meanwhile, or say nothing by design, are forgotten.
  public func look() async {
    let asked = await ledger.inventory.reportEndpoints
    let findings =
      asked.isEmpty ? [:] : await ports.reports.ask(asked, within: Self.longestAnswer)
    await gauges.note(findings)
  }
}
