import CoveyWire

/// What the demo saw, and what follows from it. Pure.
struct DemoFindings: Sendable {
  /// Names of the members before the load.
  private let first: Set<String>
  private let cpuAbove: Double
  private let failuresBefore: Int
  /// Members as they were seen last, the departed ones included.
  private(set) var members: [String: MemberView] = [:]
  private(set) var largestSize = 0
  private(set) var largestServing = 0
  private(set) var balancerFailures = 0
  /// Looks in a row at which three or more members served.
  private(set) var servedByThree = 0
  private(set) var isBackToOne = false
  var wrk: WrkReport?
  /// Newest first, as the API gives them.
  var rounds: [RoundView] = []

  init(start: GroupView) {
    first = Set((start.members ?? []).map(\.name))
    cpuAbove = start.cpuAbove
    failuresBefore = start.traffic?.failures ?? 0
    note(start)
  }

  /// Takes note of one look.
  mutating func note(_ group: GroupView) {
    for member in group.members ?? [] { members[member.name] = member }
    largestSize = max(largestSize, group.size)
    largestServing = max(largestServing, group.serving)
    servedByThree = group.serving >= 3 ? servedByThree + 1 : 0
    isBackToOne = group.size == 1 && group.serving == 1
    if let traffic = group.traffic { balancerFailures = traffic.failures - failuresBefore }
  }

  /// Seconds from the first member's start to its health check's first answer.
  var coldBoot: Double? {
    first.sorted().lazy.compactMap { members[$0] }
      .compactMap { Moment.seconds(from: $0.startedAt, to: $0.readyAt) }.first
  }

  /// When the load crossed the threshold: the first round of the run over it that led to the first growth.
  var crossing: String? {
    guard let grown = rounds.lastIndex(where: { $0.move == "grow" }) else { return nil }
    let before = rounds[rounds.index(after: grown)...].prefix { ($0.meanCPU ?? 0) > cpuAbove }
    return (before.last ?? rounds[grown]).at
  }

  /// Seconds from the crossing to the first request that a new member served.
  var crossingToServing: Double? {
    let served = members.values.filter { !first.contains($0.name) }.compactMap(\.firstServedAt)
    let spans = served.compactMap { Moment.seconds(from: crossing, to: $0) }
    return spans.filter { $0 >= 0 }.min()
  }

  var failedRequests: Int { (wrk?.failures ?? 0) + balancerFailures }

  /// What the demo promised and did not show, in words; empty when all is well.
  var missed: [String] {
    var missed: [String] = []
    if largestServing < 3 {
      missed.append("the group did not reach 3 serving members (it reached \(largestServing))")
    }
    if !isBackToOne { missed.append("the group did not return to 1 member") }
    if failedRequests > 0 {
      missed.append(
        "requests failed (\(wrk?.failures ?? 0) seen by wrk, \(balancerFailures) by the balancer)")
    }
    if (wrk?.requests ?? 0) == 0 { missed.append("no request was answered") }
    return missed
  }
}
