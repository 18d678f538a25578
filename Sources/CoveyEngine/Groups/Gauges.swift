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
  public private(set) var latestRounds: [Name: ScalingRound] = [:]
  /// Members that their balancer's checks find down, or covey's own where there is no balancer, by group.
  private var downByGroup: [Name: Set<Name>] = [:]
  private let changes = Subscribers<Set<Name>>()

  /// All members that are down.
  public var down: Set<Name> { downByGroup.values.reduce(into: []) { $0.formUnion($1) } }

  /// All members that are down, whenever that changes. Ends when the reader's task is cancelled.
  nonisolated func downNews() -> AsyncStream<Set<Name>> {
    changes.add(buffering: .bufferingNewest(1))
  }

  /// Takes in which members of a group are down.
  func note(down members: Set<Name>, of group: Name) {
    let before = down
    downByGroup[group] = members.isEmpty ? nil : members
    if down != before { changes.publish(down) }
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

  public func note(_ round: ScalingRound, of group: Name) { latestRounds[group] = round }

  public func forget(_ group: Name) {
    traffic[group] = nil
    counted[group] = nil
    latestRounds[group] = nil
    note(down: [], of: group)
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
