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
  /// Where the balancer listens; nil just where there is none (`Balance.dns`).
  public let listen: Endpoint?
  public let traffic: Traffic
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
  /// How long a group without a request keeps its last member, where min is 0.
  public let idle: Duration

  public static let usualIdle: Duration = .seconds(300)
  public static let idleAllowed: ClosedRange<Duration> = .seconds(1)...(.seconds(86400))

  public init(
    template: Name, min: Int, max: Int, surge: Int, standby: Int = 0, port: Int, listen: Endpoint?,
    traffic: Traffic,
    cpus: Int?, memory: ByteCount?, disk: DiskMode, policy: ThresholdPolicy, interval: Duration,
    drainWithin: Duration, readyWithin: Duration?, idle: Duration = GroupSpec.usualIdle
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
    guard Self.idleAllowed.contains(idle) else {
      throw .outOfRange(field: "idle", value: idle.text, allowed: "1s to 24h")
    }
    guard (listen == nil) == (traffic.balance == .dns) else {
      throw .outOfRange(
        field: "listen", value: listen?.description ?? "missing",
        allowed: listen == nil
          ? "--listen, or a line \"listen: ...\""
          : "no --listen with balance dns: clients reach the members at their own port")
    }
    guard min > 0 || traffic.balance == .haproxy else {
      throw .outOfRange(
        field: "min", value: "0",
        allowed:
          "1 or more with balance dns: a group that sleeps is woken by a request, which nobody would hear"
      )
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
    self.traffic = traffic
    self.cpus = cpus
    self.memory = memory
    self.disk = disk
    self.policy = policy
    self.interval = interval
    self.drainWithin = drainWithin
    self.readyWithin = readyWithin
    self.idle = idle
  }

  /// The hard cap: how many guests the group may have, counting every state.
  public var cap: Int { max + surge }

  private static func check(min: Int, max: Int, surge: Int, port: Int, interval: Duration)
    throws(Refusal)
  {
    guard (1...largestMax).contains(max) else {
      throw .outOfRange(field: "max", value: "\(max)", allowed: "1 to \(largestMax)")
    }
    guard min >= 0 else {
      throw .outOfRange(field: "min", value: "\(min)", allowed: "0 or more")
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

extension GroupSpec {
  private enum Field: String, CodingKey {
    case template, min, max, surge, standby, port, listen, traffic, cpus, memory, disk, policy,
      interval, drainWithin, readyWithin, idle
  }

  /// A stored record keeps to the same limits; one from before a field was thought of has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    try self.init(
      template: fields.decode(Name.self, forKey: .template),
      min: fields.decode(Int.self, forKey: .min), max: fields.decode(Int.self, forKey: .max),
      surge: fields.decode(Int.self, forKey: .surge),
      standby: fields.decodeIfPresent(Int.self, forKey: .standby) ?? 0,
      port: fields.decode(Int.self, forKey: .port),
      listen: fields.decodeIfPresent(Endpoint.self, forKey: .listen),
      traffic: fields.decodeIfPresent(Traffic.self, forKey: .traffic) ?? Traffic(),
      cpus: fields.decodeIfPresent(Int.self, forKey: .cpus),
      memory: fields.decodeIfPresent(ByteCount.self, forKey: .memory),
      disk: fields.decode(DiskMode.self, forKey: .disk),
      policy: fields.decode(ThresholdPolicy.self, forKey: .policy),
      interval: fields.decode(Duration.self, forKey: .interval),
      drainWithin: fields.decode(Duration.self, forKey: .drainWithin),
      readyWithin: fields.decodeIfPresent(Duration.self, forKey: .readyWithin),
      idle: fields.decodeIfPresent(Duration.self, forKey: .idle) ?? Self.usualIdle)
  }
}
