import Covey

/// The entrance for what owners ask of balancers: rules first, then the host, then the record, then the seats.
public struct BalancerRequests: Sendable {
  private let ledger: Ledger
  private let ports: Ports
  private let keeper: SeatKeeper

  public init(ledger: Ledger, ports: Ports, keeper: SeatKeeper) {
    self.ledger = ledger
    self.ports = ports
    self.keeper = keeper
  }

  /// Makes a balancer, or with `dryRun` only says what it would be.
  ///
  /// - Throws: `Problem` with the rule's reason, or with the host's; then nothing has changed.
  public func create(
    _ name: Name, at address: NetworkAddress, seats: [Seat], router: Int?, dryRun: Bool
  ) async throws -> MovingAddress {
    let request = BalancerRequest.create(address, seats: seats, router: router)
    let wanted = try await ledger.judged(request, on: name)
    guard let wanted else { throw Problem(.internal, "a balancer without a record") }
    try await ports.seats.preflight(wanted)
    guard !dryRun else { return wanted }
    try await ledger.request(request, onBalancer: name)
    let inventory = await ledger.inventory
    await ports.seats.serve(Array(inventory.balancers.values))
    let made = try requiring { () throws(Refusal) in try inventory.requireBalancer(name) }
    await keeper.look(at: made)
    return await ledger.inventory.balancers[name] ?? made
  }

  /// Ends a balancer that no group listens on, or with `dryRun` only says whether it could be.
  ///
  /// - Throws: `Problem` with the rule's reason; or when its seats could not be cleared, which is tried again.
  public func delete(_ name: Name, dryRun: Bool) async throws {
    _ = try await ledger.judged(.delete, on: name)
    guard !dryRun else { return }
    try await ledger.request(.delete, onBalancer: name)
    await ports.seats.serve(Array(ledger.inventory.balancers.values))
    try await ports.seats.endOthers()
  }
}

extension Ledger {
  /// The balancer as a request would make it; nil when it would be gone. Changes nothing.
  ///
  /// - Throws: `Problem`, when a rule refuses.
  func judged(_ request: BalancerRequest, on name: Name) throws -> MovingAddress? {
    for event in try decided(request, on: name) {
      if case .balancerCreated(let balancer) = event { return balancer }
    }
    return nil
  }

  /// Decides a request on a balancer and records the events that make it so.
  ///
  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  func request(_ request: BalancerRequest, onBalancer name: Name) throws {
    try record(decided(request, on: name))
  }

  private func decided(_ request: BalancerRequest, on name: Name) throws -> [Event] {
    switch request.decide(name, in: inventory, at: now) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore: return []
    case .proceed(let events): return events
    }
  }
}
