import Covey
import CoveyEngine
import CoveyWire

extension GroupView {
  init(
    _ group: Group, in inventory: Inventory, at now: Timestamp, traffic: Gauges.GroupTraffic?,
    round: ScalingRound?, domain: HostName? = nil, wakes: WakeStatistics? = nil
  ) {
    let spec = group.spec
    let members = inventory.members(of: group.name)
    self.init(
      name: group.name.text, template: spec.template.text, min: spec.min, max: spec.max,
      surge: spec.surge, standby: spec.standby,
      waiting: members.filter { $0.state == .standby }.count, size: members.count,
      desired: group.desired,
      serving: members.filter { $0.state == .serving }.count, state: "", port: spec.port,
      listen: spec.listen?.description ?? "\(Self.name(of: group, in: domain)):\(spec.port)",
      disk: spec.disk.rawValue,
      cpuAbove: spec.policy.cpuAbove,
      cpuBelow: spec.policy.cpuBelow, for: spec.policy.hold.text,
      cooldown: spec.policy.cooldown.text, interval: spec.interval.text,
      drainWithin: spec.drainWithin.text, created: group.created.text)
    (state, reason) = Self.state(of: group, in: inventory, at: now)
    settled = group.isSettled(in: inventory)
    cpus = spec.cpus
    memory = spec.memory?.bytes
    readyWithin = spec.readyWithin?.text
    idle = spec.idle.text
    show(spec.traffic)
    version = group.version
    rollout = group.rollout.map { RolloutView($0, of: group, in: inventory) }
    cpuPercent = round?.meanCPU.map { ($0 * 10).rounded() / 10 }
    requestRate = traffic?.requestRate.map { ($0 * 10).rounded() / 10 }
    self.traffic = traffic.map { TrafficView($0.statistics) }
    waking = wakes.map(WakingView.init)
    dns = Self.name(of: group, in: domain)
  }

  private static func name(of group: Group, in domain: HostName?) -> String {
    domain.map { "\(group.name).\($0)" } ?? group.name.text
  }

  private mutating func show(_ traffic: Traffic) {
    (balance, mode) = (traffic.balance.rawValue, traffic.mode.rawValue)
    hosts = traffic.hosts.map(\.text)
    path = traffic.path?.text
    certificate = traffic.certificate
    sticky = traffic.isSticky
    slowStart = traffic.slowStart.text
  }

  /// What its owner should know first: deletion, failure, pause, then where its size goes.
  private static func state(of group: Group, in inventory: Inventory, at now: Timestamp)
    -> (String, String?)
  {
    if group.isBeingDeleted { return ("deleting", nil) }
    if let problem = group.balancerProblem { return ("failing", problem.message) }
    if group.brake.hasStopped {
      let hint = "try again with: covey group retry \(group.name)"
      return (
        "failed-launch",
        "\(group.brake.failures) launches failed in a row: "
          + "\(group.brake.lastProblem?.message ?? ""); \(hint)"
      )
    }
    if let repair = group.repair { return ("failing", repair.words(at: now)) }
    let held = group.brake.holds(at: now)
    // Launches that came to serve and did not last fail no longer than they are waited for.
    if group.brake.failures > 0, held != nil || !group.brake.isByLoss {
      let why = held ?? "\(group.brake.failures) launches failed in a row"
      return ("failing", "\(why): \(group.brake.lastProblem?.message ?? "")")
    }
    if let rollout = group.rollout, rollout.isActive {
      let words =
        "update \(rollout.phase.rawValue)" + (rollout.isPaused ? ", paused" : "")
        + (group.desired == 0 ? ", until somebody is wanted" : "")
      return ("updating", words + (rollout.reason.map { ": \($0)" } ?? ""))
    }
    if group.isPaused { return ("paused", nil) }
    if group.isAsleep(in: inventory) { return ("asleep", nil) }
    if group.isSettled(in: inventory) { return ("steady", nil) }
    let serving = inventory.members(of: group.name).filter { $0.state == .serving }.count
    return (serving < group.desired ? "growing" : "shrinking", nil)
  }
}

extension TrafficView {
  init(_ statistics: TrafficStatistics) {
    self.init(
      requests: statistics.requests, failures: statistics.failures, queued: statistics.queued,
      sessions: statistics.sessions)
  }
}

extension WakingView {
  init(_ wakes: WakeStatistics) {
    self.init(
      held: wakes.held, served: wakes.served.values.reduce(0, +), lost: wakes.lost,
      left: wakes.left, longestWait: wakes.longestWait.text)
  }
}

extension MemberView {
  init(
    _ guest: Guest, load: Gauges.GuestLoad?, traffic: TrafficStatistics.Member?,
    health: MemberHealth? = nil, report: ReportFinding?, remark: String? = nil, weight: Int?
  ) {
    self.init(
      name: guest.name.text, state: guest.state.rawValue, address: guest.address.description)
    start = guest.start.rawValue
    cpuPercent = load?.cpu.map { ($0 * 10).rounded() / 10 }
    memoryUsed = load?.memory?.bytes
    requests = traffic?.requests
    sessions = traffic?.sessions
    self.weight = weight
    reason = guest.reason ?? health?.reason ?? report?.remark ?? remark
    self.report = report?.shortly
    cost = report?.report?.cost
    metrics = report?.report.map { report in
      Dictionary(uniqueKeysWithValues: report.metrics.map { ($0.key.text, $0.value) })
    }
    version = guest.templateDigest
    self.health = health.map { $0.isUp ? "up" : "down" }
    startedAt = guest.startedAt?.text
    readyAt = guest.readyAt?.text
    servingAt = guest.servingAt?.text
    firstServedAt = guest.firstServedAt?.text
  }
}

extension ReportFinding {
  /// `up`, `up 75%`, `drain`, `nonsense`, `silent`.
  fileprivate var shortly: String {
    switch self {
    case .said(let report):
      report.standing.rawValue + (report.weight.map { " \($0)%" } ?? "")
    case .nonsense: "nonsense"
    case .silent: "silent"
    }
  }
}

extension RoundView {
  init(_ round: ScalingRound) {
    self.init(
      at: round.at.text,
      cpu: Dictionary(
        uniqueKeysWithValues: round.cpu.map { ($0.key.text, ($0.value * 10).rounded() / 10) }),
      meanCPU: round.meanCPU.map { ($0 * 10).rounded() / 10 },
      requestRate: round.requestRate.map { ($0 * 10).rounded() / 10 }, serving: round.serving,
      size: round.size, desired: round.desired, move: round.verdict.move.rawValue,
      rule: round.verdict.rule.rawValue, reason: round.verdict.reason)
  }
}
