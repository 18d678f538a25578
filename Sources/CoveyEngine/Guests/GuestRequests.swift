import Covey

/// The entrance for launches: adds to a request what only this host knows, its addresses and ports.
public struct GuestRequests: Sendable {
  private let ledger: Ledger
  public let pool: AddressPool
  public let lowestBindablePort: Int
  private let occupied: @Sendable () async throws -> Set<IPv4Address>

  /// - `occupied`: addresses of the pool that others than guests hold just now.
  public init(
    ledger: Ledger, pool: AddressPool, lowestBindablePort: Int,
    occupied: @escaping @Sendable () async throws -> Set<IPv4Address> = { [] }
  ) {
    self.occupied = occupied
    self.ledger = ledger
    self.pool = pool
    self.lowestBindablePort = lowestBindablePort
  }

  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  public func launch(_ request: LaunchRequest) async throws -> Ledger.Outcome {
    let free = pool.without(try await occupied())
    return try await ledger.launch(request, pool: free, lowestBindablePort: lowestBindablePort)
  }
}
