import CoveyWire

/// Groups as tables and facts.
enum GroupText {
  static func list(_ groups: [GroupView], _ style: Style) -> String {
    guard !groups.isEmpty else {
      return "no groups; make one with: covey group create NAME --template TEMPLATE "
        + "--listen ADDRESS:PORT\n"
    }
    var table = Table(
      "NAME", "STATE", "TEMPLATE", ">MIN", ">MAX", ">SIZE", ">DESIRED", ">SERVING", ">STANDBY",
      "LISTEN", ">CPU", ">REQUESTS/S")
    for group in groups {
      table.add(
        Table.Cell(group.name), .state(group.state), Table.Cell(group.template),
        Table.Cell("\(group.min)"), Table.Cell("\(group.max)"), Table.Cell("\(group.size)"),
        Table.Cell("\(group.desired)"), Table.Cell("\(group.serving)"),
        Table.Cell(group.standby == 0 ? "-" : "\(group.waiting)/\(group.standby)"),
        Table.Cell(group.listen),
        Table.Cell(Units.percent(group.cpuPercent)), Table.Cell(Units.rate(group.requestRate)))
    }
    return table.text(style)
  }

  static func info(_ group: GroupView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("name", group.name)
    facts.add("state", style.state(group.state) + (group.reason.map { " (\($0))" } ?? ""))
    facts.add(
      "size",
      "\(group.size), desired \(group.desired), serving \(group.serving), "
        + "min \(group.min), max \(group.max)" + (group.surge > 0 ? " + \(group.surge)" : ""))
    if group.standby > 0 {
      facts.add("standby", "\(group.waiting) of \(group.standby), paused and ready to serve")
    }
    facts.add("listen", listen(group))
    facts.add("dns", group.dns)
    facts.add("traffic", route(group))
    facts.add(
      "template", group.template + (group.version.map { ", version \($0.prefix(12))" } ?? ""))
    facts.add("update", group.rollout.map { RolloutText.line($0, desired: group.desired) })
    facts.add("members", shape(group))
    facts.add(
      "policy",
      "one more over \(percentage(group.cpuAbove)), one fewer under "
        + "\(percentage(group.cpuBelow)) mean CPU, for \(group.for), cooldown \(group.cooldown), "
        + "every \(group.interval)")
    facts.add("drain", "within \(group.drainWithin)")
    facts.add("ready", group.readyWithin.map { "within \($0)" })
    facts.add("mean CPU", group.cpuPercent.map { Units.percent($0) })
    facts.add("requests", traffic(group))
    facts.add("waking", waking(group))
    facts.add("created", Moment.full(group.created))
    let members = group.members ?? []
    return facts.text(style) + (members.isEmpty ? "" : "\n" + self.members(members, style))
  }

  static func members(_ members: [MemberView], _ style: Style) -> String {
    let columns = Columns(members)
    var table = Table(columns.heads)
    for member in members { table.add(columns.cells(of: member)) }
    return table.text(style)
  }

  /// Columns in which nothing would be said are left out.
  private struct Columns {
    /// Whether checks have judged any member.
    let health: Bool
    /// Whether the members are of several versions.
    let versions: Bool
    /// Whether members say how they are, or have other shares than the usual.
    let reports: Bool

    init(_ members: [MemberView]) {
      health = members.contains { $0.health != nil }
      versions = Set(members.compactMap(\.version)).count > 1
      reports = members.contains { $0.report != nil || ($0.weight ?? 100) != 100 }
    }

    var heads: [String] {
      ["MEMBER", "STATE"] + (health ? ["HEALTH"] : []) + ["START"] + (versions ? ["VERSION"] : [])
        + ["ADDRESS", ">CPU", ">REQUESTS", ">SESSIONS"]
        + (reports ? [">WEIGHT", "REPORT", ">COST", "METRICS"] : []) + ["REASON"]
    }

    func cells(of member: MemberView) -> [Table.Cell] {
      let version = Table.Cell(String((member.version ?? "-").prefix(12)))
      return [Table.Cell(member.name), .state(member.state)]
        + (health ? [Table.Cell(member.health ?? "-")] : [])
        + [Table.Cell(member.start ?? "-")] + (versions ? [version] : [])
        + [
          Table.Cell(member.address), Table.Cell(Units.percent(member.cpuPercent)),
          Table.Cell(member.requests.map(String.init) ?? "-"),
          Table.Cell(member.sessions.map(String.init) ?? "-"),
        ] + (reports ? GroupText.report(member) : []) + [Table.Cell(member.reason ?? "")]
    }
  }

  private static func report(_ member: MemberView) -> [Table.Cell] {
    let metrics = (member.metrics ?? [:]).sorted { $0.key < $1.key }
    return [
      Table.Cell(member.weight.map(String.init) ?? "-"), Table.Cell(member.report ?? "-"),
      Table.Cell(member.cost.map(plain) ?? "-"),
      Table.Cell(metrics.map { "\($0.key) \(plain($0.value))" }.joined(separator: ", ")),
    ]
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }

  /// `web is steady: 1 of 1 serving on 127.0.0.1:8080`.
  static func arrival(_ group: GroupView) -> String {
    "\(group.name) is \(group.state): \(group.serving) of \(group.desired) serving "
      + "on \(group.listen)\n"
  }

  private static func listen(_ group: GroupView) -> String {
    guard group.balance != "dns" else {
      return "none: by DNS, \(group.listen), at port \(group.port) of the members"
    }
    let tls = group.certificate.map { ", TLS by \($0)" } ?? ""
    return "\(group.listen), to port \(group.port) of the members\(tls)"
  }

  /// What is out of the ordinary; nil where nothing is.
  private static func route(_ group: GroupView) -> String? {
    let hosts = group.hosts ?? []
    let slow = group.slowStart.flatMap { $0 == "0s" ? nil : "new members slowly within \($0)" }
    let parts = [
      group.mode == "tcp" ? "TCP" : nil,
      hosts.isEmpty ? nil : "for \(hosts.joined(separator: ", "))",
      group.path.map { "below \($0)" }, group.sticky == true ? "sticky" : nil, slow,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func shape(_ group: GroupView) -> String {
    let cpus = group.cpus.map { Units.count($0, "CPU") }
    let parts = [cpus, group.memory.map(Units.bytes), "\(group.disk) disk"]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func traffic(_ group: GroupView) -> String? {
    guard let traffic = group.traffic else { return nil }
    return "\(Units.rate(group.requestRate)) requests/s, "
      + "\(Units.count(traffic.requests, "request")), "
      + "\(Units.count(traffic.failures, "failure")), \(traffic.queued) queued, "
      + Units.count(traffic.sessions, "session")
  }

  private static func waking(_ group: GroupView) -> String? {
    guard let waking = group.waking else { return nil }
    let idle = group.idle.map { "sleeps after \($0) without a request; " } ?? ""
    let left = waking.left > 0 ? ", \(waking.left) left" : ""
    return idle + "\(waking.held) held, \(waking.served) served, \(waking.lost) lost\(left), "
      + "longest wait \(waking.longestWait)"
  }

  private static func percentage(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value)) %" : "\(value) %"
  }
}
