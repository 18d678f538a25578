import Covey

/// What the engine asks of the seats of balancers: that the address is at one of them, and moves when that one fails.
///
/// Every call may be repeated. What listens at a seat is the `Balancer` port's.
public protocol Seats: Sendable {
  /// Whether the balancer could be made on this host; changes nothing.
  ///
  /// - Throws: `Problem` with `.unsupported` where covey may not, `.invalid` for a seat that is not there, `.inUse` for an
  ///   address that is there already, `.unavailable` when a program is missing.
  func preflight(_ balancer: MovingAddress) async throws
  /// Says which balancers there are. From then on, groups that listen on their addresses are opened at their seats.
  func serve(_ balancers: [MovingAddress]) async
  /// Makes sure that something at each seat moves the address, and says how the seats are, in their order.
  ///
  /// One that is not among those served is left alone; then there are no findings.
  func look(at balancer: MovingAddress) async -> [SeatFinding]
  /// Ends what moves the addresses of balancers that are not served any more, and what listens at their seats. What cannot
  /// be ended is tried again at the next call.
  ///
  /// - Throws: `Problem` with the first reason why something could not be ended.
  func endOthers() async throws
}

/// How a seat was found.
public struct SeatFinding: Hashable, Sendable {
  /// The seat's name.
  public let seat: String
  public let hasAddress: Bool
  /// Whether its keepalived runs.
  public let isMoving: Bool
  /// HAProxy's listeners that should run there, each with whether it answers.
  public let listeners: [Endpoint: Bool]
  /// The gravest that is wrong.
  public let problem: Problem?

  public init(
    seat: String, hasAddress: Bool, isMoving: Bool, listeners: [Endpoint: Bool], problem: Problem?
  ) {
    self.seat = seat
    self.hasAddress = hasAddress
    self.isMoving = isMoving
    self.listeners = listeners
    self.problem = problem
  }
}
