/// An address that moves between seats; one item of `GET /v1/balancers`.
public struct BalancerView: Codable, Sendable, Hashable {
  /// A place where the address can be.
  public struct Seat: Codable, Sendable, Hashable {
    /// Its name: that of its network namespace.
    public var namespace: String
    public var interface: String
    public var address: String
    /// VRRP's; where all begin at once, the highest has the address.
    public var priority: Int
    /// Whether the address was there at the latest look.
    public var active: Bool
    /// Whether its keepalived runs; null before the first look.
    @ExplicitNull public var keepalived: Bool?
    /// The listeners, as ADDRESS:PORT, whose HAProxy answers there.
    public var serving: [String]
    /// Those whose HAProxy ought to answer there and does not.
    public var silent: [String]
    @ExplicitNull public var problem: ErrorView?

    public init(
      namespace: String, interface: String, address: String, priority: Int, active: Bool,
      keepalived: Bool?, serving: [String], silent: [String], problem: ErrorView?
    ) {
      self.namespace = namespace
      self.interface = interface
      self.address = address
      self.priority = priority
      self.active = active
      self.keepalived = keepalived
      self.serving = serving
      self.silent = silent
      self.problem = problem
    }
  }

  /// That the address was seen elsewhere.
  public struct Move: Codable, Sendable, Hashable {
    public var at: String
    /// A seat's name; null for none.
    @ExplicitNull public var to: String?

    public init(at: String, to: String?) {
      self.at = at
      self.to = to
    }
  }

  public var name: String
  /// With its network's length, such as `10.77.0.100/24`.
  public var address: String
  /// VRRP's number for it.
  public var router: Int
  /// `starting` until the address is at a seat for the first time, `steady`, `degraded` when a seat is not as it should be,
  /// `failing` when the address is nowhere.
  public var state: String
  /// The seat that has the address; null for none.
  @ExplicitNull public var active: String?
  /// Since when it was seen there.
  @ExplicitNull public var since: String?
  public var seats: [Seat]
  /// Groups that listen on it.
  public var groups: [String]
  /// The latest, newest first.
  public var moves: [Move]
  public var created: String

  public init(
    name: String, address: String, router: Int, state: String, active: String?, since: String?,
    seats: [Seat], groups: [String], moves: [Move], created: String
  ) {
    self.name = name
    self.address = address
    self.router = router
    self.state = state
    self.active = active
    self.since = since
    self.seats = seats
    self.groups = groups
    self.moves = moves
    self.created = created
  }
}
