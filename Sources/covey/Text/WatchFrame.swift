import CoveyWire

/// One look at a group, as `covey group watch` and the demo show it.
struct WatchFrame: Sendable {
  var group: GroupView
  /// Oldest first.
  var events: [EventView] = []
  var verdict: RoundView?

  /// The live view, one element per line.
  func lines(_ style: Style, events count: Int = 6) -> [String] {
    let top = header(style) + [""] + memberLines(style) + [""]
    return top + eventLines(style, count) + verdictLines(style)
  }

  /// The line of a view without a terminal.
  var line: String {
    let traffic = group.traffic
    let shown = (group.members ?? []).map { member in
      let load = member.cpuPercent.map { " \(Units.percent($0))" } ?? ""
      return "\(member.name) \(member.state)\(load)"
    }.joined(separator: ", ")
    return "\(group.name) \(group.state): size \(group.size), desired \(group.desired), "
      + "serving \(group.serving), CPU \(Units.percent(group.cpuPercent)), "
      + "\(Units.rate(group.requestRate)) requests/s, "
      + Units.count(traffic?.failures ?? 0, "failure") + (update.map { "; \($0)" } ?? "")
      + (shown.isEmpty ? "" : "; \(shown)")
  }

  /// What has to differ for another plain line.
  var essence: [String] {
    ["\(group.size)", "\(group.desired)", "\(group.serving)", group.state]
      + (update.map { [$0] } ?? [])
  }

  /// How far an update is that is under way.
  private var update: String? {
    group.rollout.flatMap { rollout in
      rollout.isOver ? nil : "update \(RolloutText.line(rollout, desired: group.desired))"
    }
  }

  /// As a plain line: `12:30:05  guest web-2: ready`.
  static func line(_ event: EventView) -> String {
    "\(Moment.clock(event.at))  \(event.subject): \(event.message)"
  }

  private func header(_ style: Style) -> [String] {
    let traffic = group.traffic
    let first =
      "\(style.paint(group.name, .bold)) \(style.state(group.state))  size \(group.size)  "
      + "desired \(group.desired)  serving \(group.serving)  (min \(group.min), max \(group.max))  "
      + group.listen
    let second =
      "mean CPU \(Units.percent(group.cpuPercent)) \(Units.bar(group.cpuPercent, width: 20))  "
      + "\(Units.rate(group.requestRate)) requests/s  "
      + "\(Units.count(traffic?.failures ?? 0, "failure"))  "
      + "\(traffic?.queued ?? 0) queued"
    return [first, second] + (update.map { [$0] } ?? [])
      + (group.reason.map { ["because \($0)"] } ?? [])
  }

  private func memberLines(_ style: Style) -> [String] {
    var table = Table("MEMBER", "STATE", "", ">CPU", ">REQUESTS", ">SESSIONS", "")
    for member in group.members ?? [] {
      table.add(
        Table.Cell(member.name), .state(member.state),
        Table.Cell(Units.bar(member.cpuPercent, width: 20)),
        Table.Cell(Units.percent(member.cpuPercent)),
        Table.Cell(member.requests.map(String.init) ?? "-"),
        Table.Cell(member.sessions.map(String.init) ?? "-"), Table.Cell(member.reason ?? ""))
    }
    return table.lines(style)
  }

  private func eventLines(_ style: Style, _ count: Int) -> [String] {
    events.suffix(count).map { style.paint(Self.line($0), .dim) }
  }

  private func verdictLines(_ style: Style) -> [String] {
    guard let verdict else { return [] }
    return ["\(style.paint("policy", .bold)) \(verdict.move) (\(verdict.rule)): \(verdict.reason)"]
  }
}
