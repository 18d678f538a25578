import Covey

/// The entrance for launches: adds to a request what only this host knows, its addresses and ports.
public struct GuestRequests: Sendable {
  private let ledger: Ledger
  public let pool: AddressPool
  public let lowestBindablePort: Int

  public init(ledger: Ledger, pool: AddressPool, lowestBindablePort: Int) {
    self.ledger = ledger
    self.pool = pool
    self.lowestBindablePort = lowestBindablePort
  }

  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  public func launch(_ request: LaunchRequest) async throws -> Ledger.Outcome {
    try await ledger.launch(request, pool: pool, lowestBindablePort: lowestBindablePort)
  }
}
