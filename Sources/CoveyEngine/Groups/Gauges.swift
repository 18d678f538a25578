import Covey

/// The latest measurements, for policies and for whoever looks: loads of guests, counters of balancers.
public actor Gauges {
  /// What a guest uses of its host.
  public struct GuestLoad: Hashable, Sendable {
    /// Percent of its virtual CPUs since the look before; nil until it was looked at twice.
    public let cpu: Double?
    public let memory: ByteCount?
  }

  /// What a group's balancer counted.
  public struct GroupTraffic: Hashable, Sendable {
    public let statistics: TrafficStatistics
    /// Requests per second since the look before; nil until it was looked at twice.
    public let requestRate: Double?
  }

  private var observed: [String: (guest: ObservedGuest, at: Timestamp)] = [:]
  public private(set) var loads: [Name: GuestLoad] = [:]
  public private(set) var traffic: [Name: GroupTraffic] = [:]
  private var counted: [Name: (requests: Int, at: Timestamp)] = [:]
  /// How checks find the members that serve, whoever makes them.
  public private(set) var health: [Name: MemberHealth] = [:] {
    didSet { if Self.down(health) != Self.down(oldValue) { changes.publish(()) } }
  }
  public private(set) var latestRounds: [Name: ScalingRound] = [:]
  /// What members that get requests said of themselves when they were last asked.
  public private(set) var reports: [Name: ReportFinding] = [:]
  /// Members that said that they want nothing new, or cannot serve, and have not said that they are up since: no more than
  /// a balancer does covey take silence, or nonsense, for that.
  public private(set) var unwilling: Set<Name> = [] {
    didSet { if unwilling != oldValue { changes.publish(()) } }
  }
  /// What is odd about the answers of members that are well.
  public private(set) var remarks: [Name: String] = [:]
  private let changes = Subscribers<Void>()

  /// Members that serve and that checks find down, whoever makes them.
  public var down: Set<Name> { Self.down(health) }

  private static func down(_ health: [Name: MemberHealth]) -> Set<Name> {
    Set(health.filter { !$0.value.isUp }.keys)
  }

  /// Says when others are down or unwilling than before. Ends when the reader's task is cancelled.
  nonisolated func memberNews() -> AsyncStream<Void> {
    changes.add(buffering: .bufferingNewest(1))
  }

  public init() {}

  /// CPU time is counted in ticks of 10 ms: over a shorter span the percentage says nothing.
  static let shortestSpan: Duration = .milliseconds(500)

  /// Takes in one bulk look; guests that are not in it are forgotten. A sample that is too young is kept, with the load
  /// that it gave.
  public func note(_ guests: [ObservedGuest], at now: Timestamp) {
    var next: [String: (guest: ObservedGuest, at: Timestamp)] = [:]
    var loads: [Name: GuestLoad] = [:]
    for guest in guests {
      if let old = observed[guest.uuid], let load = self.loads[guest.name],
        old.guest.machine == guest.machine, now - old.at < Self.shortestSpan
      {
        next[guest.uuid] = old
        loads[guest.name] = load
        continue
      }
      next[guest.uuid] = (guest, now)
      let cpu = observed[guest.uuid].flatMap { Self.cpu(of: guest, since: $0.guest, now - $0.at) }
      loads[guest.name] = GuestLoad(cpu: cpu, memory: guest.memory)
    }
    observed = next
    self.loads = loads
  }

  public func note(_ statistics: TrafficStatistics, of group: Name, at now: Timestamp) {
    var rate: Double?
    if let before = counted[group], now > before.at, statistics.requests >= before.requests {
      rate = Double(statistics.requests - before.requests) / (now - before.at).inSeconds
    }
    counted[group] = (statistics.requests, now)
    traffic[group] = GroupTraffic(statistics: statistics, requestRate: rate)
  }

  /// What a balancer counted once is not what it counts now: nobody knows while it does not answer.
  public func noteMute(_ group: Name) { traffic[group] = nil }

  /// - `isUp`: nil where nobody can tell.
  public func note(isUp: Bool?, _ reason: String? = nil, of member: Name, at now: Timestamp) {
    guard let isUp else {
      health[member] = nil
      return
    }
    let old = health[member].flatMap { $0.isUp == isUp ? $0.since : nil }
    health[member] = MemberHealth(isUp: isUp, since: old ?? now, reason: reason)
  }

  /// Forgets how members were found that serve no more.
  public func forgetHealth(besides members: Set<Name>) {
    health = health.filter { members.contains($0.key) }
  }

  /// What is known of a group's members beside the inventory; without what they say that their removal would cost.
  public func signs(of members: [Guest], in group: Name) -> MemberSigns {
    let down = members.compactMap { member in
      health[member.name].flatMap { $0.isUp ? nil : (member.name, $0.since) }
    }
    let words = members.compactMap { member in
      reports[member.name]?.wordsOfDown.map { (member.name, $0) }
    }
    return MemberSigns(
      downSince: Dictionary(uniqueKeysWithValues: down),
      words: Dictionary(uniqueKeysWithValues: words),
      sessions: traffic[group]?.statistics.members.mapValues(\.sessions) ?? [:])
  }

  /// Takes in one look at all reports; members that are not in it are forgotten.
  public func note(_ findings: [Name: ReportFinding]) {
    reports = findings
    let refusing = findings.filter { name, finding in
      finding.report.map { $0.standing != .up } ?? unwilling.contains(name)
    }
    unwilling = Set(refusing.keys)
  }

  /// Takes in one look at what is odd; members that are not in it are forgotten.
  public func note(remarks: [Name: String]) { self.remarks = remarks }

  public func note(_ round: ScalingRound, of group: Name) { latestRounds[group] = round }

  public func forget(_ group: Name) {
    traffic[group] = nil
    counted[group] = nil
    latestRounds[group] = nil
  }

  /// A machine that was started anew in between has used less than before: it is unmeasured then.
  private static func cpu(of guest: ObservedGuest, since old: ObservedGuest, _ span: Duration)
    -> Double?
  {
    guard let now = guest.cpuTime, let before = old.cpuTime, now >= before, span > .zero else {
      return nil
    }
    return 100 * (now - before).inSeconds / span.inSeconds / Double(max(guest.cpus, 1))
  }
}
