import Covey

/// Seats where there can be none: every balancer is refused.
public struct NoSeats: Seats {
  public init() {}

  public func preflight(_ balancer: MovingAddress) async throws {
    throw Problem(
      .unsupported, subject: "balancer \(balancer.name)", "there are no seats here",
      hint: "let groups listen on an address of this host")
  }

  public func serve(_ balancers: [MovingAddress]) async {}
  public func look(at balancer: MovingAddress) async -> [SeatFinding] { [] }
  public func endOthers() async throws {}
}
