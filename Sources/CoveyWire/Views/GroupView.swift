/// A group as the API shows it; one item of `GET /v1/groups`.
public struct GroupView: Codable, Sendable, Hashable {
  public var name: String
  public var template: String
  public var min: Int
  public var max: Int
  public var surge: Int
  /// How many paused forks are wanted beside the members that serve.
  public var standby: Int
  /// How many there are.
  public var waiting: Int
  /// Guests of the group in every state.
  public var size: Int
  public var desired: Int
  public var serving: Int
  /// `steady growing shrinking updating asleep paused failing failed-launch deleting`.
  public var state: String
  /// Whether nothing is under way and as many members serve as are desired.
  ///
  /// Stopped members that are kept for their disks count in `size` all the same. The answer of an older daemon, which
  /// lacks this field, counts as settled when `size`, `desired` and `serving` are the same.
  public var settled: Bool {
    get { saidSettled ?? (size == desired && serving == desired) }
    set { saidSettled = newValue }
  }
  private var saidSettled: Bool?
  /// Why it is in its state, where that needs a reason.
  public var reason: String?
  public var port: Int
  /// Where its requests arrive: the balancer's address, or, by DNS alone, its name and port.
  public var listen: String
  /// Its name in DNS, such as `web.covey`.
  public var dns: String?
  public var cpus: Int?
  public var memory: Int64?
  public var disk: String
  public var cpuAbove: Double
  public var cpuBelow: Double
  /// Durations as text, such as `5s`.
  public var `for`: String
  public var cooldown: String
  public var interval: String
  public var drainWithin: String
  public var readyWithin: String?
  /// How long the last member is kept without a request, where min is 0.
  public var idle: String?
  /// `haproxy` or `dns`.
  public var balance: String?
  /// `http` or `tcp`.
  public var mode: String?
  /// The hosts whose requests are the group's; none of them takes all.
  public var hosts: [String]?
  public var path: String?
  public var certificate: String?
  public var sticky: Bool?
  public var slowStart: String?
  public var created: String
  /// Mean CPU of the serving members at the latest look.
  public var cpuPercent: Double?
  /// Requests per second at the latest look.
  public var requestRate: Double?
  public var traffic: TrafficView?
  /// Digest of the version that its members are of; nil for the newest.
  public var version: String?
  /// The latest update, also when it is over.
  public var rollout: RolloutView?
  /// What waited while it slept; nil for a group that never sleeps.
  public var waking: WakingView?
  /// Only in the answer to a request: why nothing had to change.
  public var unchanged: String?
  /// Only in infos.
  public var members: [MemberView]?

  public init(
    name: String, template: String, min: Int, max: Int, surge: Int, standby: Int = 0,
    waiting: Int = 0, size: Int, desired: Int,
    serving: Int, state: String, settled: Bool = false, port: Int, listen: String, disk: String,
    cpuAbove: Double, cpuBelow: Double, for: String, cooldown: String, interval: String,
    drainWithin: String, created: String
  ) {
    self.name = name
    self.template = template
    self.min = min
    self.max = max
    self.surge = surge
    self.standby = standby
    self.waiting = waiting
    self.size = size
    self.desired = desired
    self.serving = serving
    self.state = state
    self.saidSettled = settled
    self.port = port
    self.listen = listen
    self.disk = disk
    self.cpuAbove = cpuAbove
    self.cpuBelow = cpuBelow
    self.for = `for`
    self.cooldown = cooldown
    self.interval = interval
    self.drainWithin = drainWithin
    self.created = created
  }

  private enum CodingKeys: String, CodingKey {
    case name, template, min, max, surge, standby, waiting, size, desired, serving, state, reason,
      port, listen, dns
    case saidSettled = "settled"
    case cpus, memory, disk, cpuAbove, cpuBelow, `for`, cooldown, interval, drainWithin
    case readyWithin, idle, balance, mode, hosts, path, certificate, sticky, slowStart, created,
      cpuPercent, requestRate, traffic, waking, unchanged, members, version, rollout
  }
}

/// A group's balancer counters; they go on where a process is replaced by another one.
public struct TrafficView: Codable, Sendable, Hashable {
  public var requests: Int
  /// Answers with 5xx, those of the balancer itself included.
  public var failures: Int
  public var queued: Int
  public var sessions: Int

  public init(requests: Int, failures: Int, queued: Int, sessions: Int) {
    self.requests = requests
    self.failures = failures
    self.queued = queued
    self.sessions = sessions
  }
}

/// What went through the door of a group that may sleep, since the daemon started.
public struct WakingView: Codable, Sendable, Hashable {
  /// Requests that wait now.
  public var held: Int
  /// Requests that waited and were answered.
  public var served: Int
  /// Requests that were turned away or broke off.
  public var lost: Int
  /// Requests whose client left before its turn.
  public var left: Int
  /// As text, such as `230ms`.
  public var longestWait: String

  public init(held: Int, served: Int, lost: Int, left: Int, longestWait: String) {
    self.held = held
    self.served = served
    self.lost = lost
    self.left = left
    self.longestWait = longestWait
  }
}

/// A member as `covey group info` and `covey group watch` show it.
public struct MemberView: Codable, Sendable, Hashable {
  public var name: String
  public var state: String
  public var address: String
  /// How its machine came to be: `boot`, `fork` or `standby`.
  public var start: String?
  public var cpuPercent: Double?
  public var memoryUsed: Int64?
  /// Requests that the balancer passed to it.
  public var requests: Int?
  public var sessions: Int?
  /// Its share beside the others', 100 unless its owner says otherwise.
  public var weight: Int?
  /// What it said of itself: `up drain maint down`, with a weight if it gave one; `nonsense`, `silent`.
  public var report: String?
  /// What removing it now would cost, by its own words.
  public var cost: Double?
  /// Figures that it reported.
  public var metrics: [String: Double]?
  public var reason: String?
  /// Digest of the template's version that it stands on.
  public var version: String?
  /// How its checks find it: `up` or `down`; nil where nobody looks.
  public var health: String?
  public var startedAt: String?
  public var readyAt: String?
  public var servingAt: String?
  public var firstServedAt: String?

  public init(name: String, state: String, address: String) {
    self.name = name
    self.state = state
    self.address = address
  }
}

/// One look at a group's load; one item of `GET /v1/groups/{name}/rounds`, newest first.
public struct RoundView: Codable, Sendable, Hashable {
  public var at: String
  public var cpu: [String: Double]
  public var meanCPU: Double?
  public var requestRate: Double?
  public var serving: Int
  public var size: Int
  public var desired: Int
  /// `grow`, `shrink` or `stay`.
  public var move: String
  /// The rule that decided, such as `above-threshold`.
  public var rule: String
  public var reason: String

  public init(
    at: String, cpu: [String: Double], meanCPU: Double?, requestRate: Double?, serving: Int,
    size: Int, desired: Int, move: String, rule: String, reason: String
  ) {
    self.at = at
    self.cpu = cpu
    self.meanCPU = meanCPU
    self.requestRate = requestRate
    self.serving = serving
    self.size = size
    self.desired = desired
    self.move = move
    self.rule = rule
    self.reason = reason
  }
}
