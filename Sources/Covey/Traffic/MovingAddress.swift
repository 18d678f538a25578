/// A balancer as its owner made it: an address that is at one of several seats, and moves when that one fails.
///
/// Groups that listen on the address are served at every seat.
public struct MovingAddress: Hashable, Sendable, Codable {
  /// That the address was seen to be elsewhere.
  public struct Move: Hashable, Sendable, Codable {
    public let at: Timestamp
    /// The seat's name; nil when it was nowhere.
    public let to: String?
  }

  public static let seatsAllowed = 2...4
  public static let routersAllowed = 1...255
  /// How many of the latest moves are remembered.
  public static let movesKept = 20
  /// The priority of the first seat, and how much less each further one has: by a fifth of the interval between two
  /// signs of life each waits longer before it claims the address.
  static let highestPriority = 200
  static let priorityStep = 50

  public let name: Name
  public let address: NetworkAddress
  /// The virtual router's number, by which the keepalived of the seats know one another (VRRP).
  public let router: Int
  /// The first one is preferred where all begin at once; later the address stays where it is.
  public let seats: [Seat]
  public let created: Timestamp
  /// Oldest first.
  public private(set) var moves: [Move] = []
  /// What is wrong at a seat, by the seat's name.
  public private(set) var problems: [String: Problem] = [:]

  public init(
    name: Name, address: NetworkAddress, router: Int, seats: [Seat], created: Timestamp
  ) {
    self.name = name
    self.address = address
    self.router = router
    self.seats = seats
    self.created = created
  }

  /// The name of the seat that has the address, as it was last seen.
  public var active: String? { moves.last?.to }

  /// The seat's VRRP priority; seats differ, so that of two that claim the address at once one gives way.
  public func priority(of seat: Seat) -> Int {
    Self.highestPriority - Self.priorityStep * (seats.firstIndex(of: seat) ?? seats.count - 1)
  }

  mutating func noteMove(to seat: String?, at now: Timestamp) {
    moves.append(Move(at: now, to: seat))
    if moves.count > Self.movesKept { moves.removeFirst() }
  }

  mutating func note(_ problem: Problem?, of seat: String) { problems[seat] = problem }
}
