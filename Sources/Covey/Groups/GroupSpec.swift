/// Everything about a group that its owner may choose, and may change while it runs.
public struct GroupSpec: Hashable, Sendable, Codable {
  public static let largestMax = 1000
  public static let surgeAllowed = 0...10
  public static let standbyAllowed = 0...100

  public let template: Name
  public let min: Int
  public let max: Int
  /// How many guests over max there may be while members are replaced.
  public let surge: Int
  /// How many paused forks wait beside the members that serve; fewer where max leaves no room.
  public let standby: Int
  /// The members' own port behind the balancer.
  public let port: Int
  /// Where the balancer listens.
  public let listen: Endpoint
  /// Nil takes the template's.
  public let cpus: Int?
  /// Nil takes the template's.
  public let memory: ByteCount?
  public let disk: DiskMode
  public let policy: ThresholdPolicy
  /// How often the load is looked at.
  public let interval: Duration
  /// How long a leaving member's connections may take to end.
  public let drainWithin: Duration
  /// How long a new member may take to answer its health check; nil takes the template's.
  public let readyWithin: Duration?

  public init(
    template: Name, min: Int, max: Int, surge: Int, standby: Int = 0, port: Int, listen: Endpoint,
    cpus: Int?, memory: ByteCount?, disk: DiskMode, policy: ThresholdPolicy, interval: Duration,
    drainWithin: Duration, readyWithin: Duration?
  ) throws(Refusal) {
    try Self.check(min: min, max: max, surge: surge, port: port, interval: interval)
    guard Self.standbyAllowed.contains(standby) else {
      throw .outOfRange(field: "standby", value: "\(standby)", allowed: "0 to 100")
    }
    guard standby == 0 || disk == .ephemeral else {
      throw .outOfRange(
        field: "standby", value: "\(standby)",
        allowed:
          "0 where disk is persistent: a member comes back to its own disk, which no standby has")
    }
    try policy.checkStability(min: min, max: max)
    if let readyWithin { try LaunchRequest.check(readyWithin: readyWithin) }
    self.template = template
    self.min = min
    self.max = max
    self.surge = surge
    self.standby = standby
    self.port = port
    self.listen = listen
    self.cpus = cpus
    self.memory = memory
    self.disk = disk
    self.policy = policy
    self.interval = interval
    self.drainWithin = drainWithin
    self.readyWithin = readyWithin
  }

  /// The hard cap: how many guests the group may have, counting every state.
  public var cap: Int { max + surge }

  private static func check(min: Int, max: Int, surge: Int, port: Int, interval: Duration)
    throws(Refusal)
  {
    guard (1...largestMax).contains(max) else {
      throw .outOfRange(field: "max", value: "\(max)", allowed: "1 to \(largestMax)")
    }
    guard min >= 1 else {
      throw .outOfRange(field: "min", value: "\(min)", allowed: "1 or more")
    }
    guard min <= max else { throw .minOverMax(min: min, max: max) }
    guard surgeAllowed.contains(surge) else {
      throw .outOfRange(field: "surge", value: "\(surge)", allowed: "0 to 10")
    }
    guard (1...65535).contains(port) else {
      throw .outOfRange(field: "port", value: "\(port)", allowed: "1 to 65535")
    }
    guard interval >= .milliseconds(100), interval <= .seconds(3600) else {
      throw .outOfRange(field: "interval", value: interval.text, allowed: "100ms to 1h")
    }
  }
}
