import CoveyWire

/// Templates as tables and facts.
enum TemplateText {
  static func list(_ templates: [TemplateView], _ style: Style) -> String {
    guard !templates.isEmpty else {
      return "no templates; build one with: covey template build FOLDER\n"
    }
    var table = Table(
      "NAME", "DIGEST", ">SIZE", ">CPUS", ">MEMORY", "PORTS", "WARM", "GUESTS", "GROUPS",
      "SUMMARY")
    for item in templates {
      table.add(
        Table.Cell(item.name), Table.Cell(digest(item) + (item.isNewest ? "" : " (older)")),
        Table.Cell(Units.bytes(item.size)), Table.Cell("\(item.cpus)"),
        Table.Cell(Units.bytes(item.memory)), Table.Cell(ports(item.ports)),
        Table.Cell(warmth(item.warm ?? [])), Table.Cell("\(item.guests.count)"),
        Table.Cell(names(item.groups)),
        Table.Cell(item.summary))
    }
    return table.text(style)
  }

  static func info(_ template: TemplateView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("name", template.name)
    facts.add("summary", template.summary)
    facts.add("digest", template.digest + (template.isNewest ? "" : " (there is a newer one)"))
    facts.add("size", Units.bytes(template.size))
    facts.add("cpus", "\(template.cpus)")
    facts.add("memory", Units.bytes(template.memory))
    facts.add("ports", ports(template.ports))
    if let health = template.health {
      facts.add("health", "\(question(health)), within \(health.within)")
    }
    for starts in template.starts ?? [] { facts.add("\(starts.kind)s", line(starts)) }
    facts.add("sealed from", template.base.map { "a guest of \($0.prefix(12))" })
    facts.add("kernel", template.kernelArguments)
    facts.add("firmware", template.firmware)
    facts.add("cloud-init", template.cloudInit == true ? "each guest has a disc for it" : nil)
    facts.add("identity", template.identity ?? "none: its guests cannot be forked")
    for set in template.warm ?? [] { facts.add("warm", warmth(set)) }
    facts.add("guests", names(template.guests))
    facts.add("groups", names(template.groups))
    facts.add("created", Moment.full(template.created))
    for file in template.files ?? [] {
      facts.add("file \(file.role)", "\(Units.bytes(file.size)), \(file.digest)")
    }
    return facts.text(style)
  }

  private static func question(_ health: TemplateView.HealthView) -> String {
    switch health.kind {
    case "tcp": "a connection to port \(health.port)"
    case "agent": "its guest agent"
    default: "GET \(health.path) on port \(health.port)"
    }
  }

  /// `12 known, half within 4.1s, 95 % within 4.6s; one may take 13.8s`.
  private static func line(_ starts: TemplateView.StartsView) -> String {
    let grace =
      starts.measured
      ? "one may take \(starts.grace)" : "one may take \(starts.grace), until more are known"
    return "\(starts.count) known, half within \(starts.p50), 95 % within \(starts.p95); \(grace)"
  }

  /// What `covey template warm` made: `1 CPU, 128MiB: ready, 92MiB on disk, 85MiB of it memory that forks share, made in 4.1s`.
  static func warmth(_ set: WarmView) -> String {
    let size = "\(Units.count(set.cpus, "CPU")), \(Units.bytes(set.memory))"
    if let problem = set.problem { return "\(size): \(set.state) (\(problem.message))" }
    return "\(size): \(set.state), \(Units.bytes(set.diskUsed)) on disk, "
      + "\(Units.bytes(set.memoryUsed)) of it memory that forks share; "
      + "each is spared a boot of \(Units.span(set.bootTime))"
  }

  private static func warmth(_ sets: [WarmView]) -> String {
    let ready = sets.filter { $0.state == "ready" }
    if sets.isEmpty { return "-" }
    return ready.isEmpty
      ? "refused" : Units.bytes(ready.map(\.diskUsed).reduce(0, +))
  }

  /// The first twelve digits, as people compare them.
  static func digest(_ template: TemplateView) -> String {
    let digits = template.digest.split(separator: ":").last ?? ""
    return String(digits.prefix(12))
  }

  private static func ports(_ ports: [Int]) -> String {
    ports.isEmpty ? "-" : ports.map(String.init).joined(separator: ",")
  }

  private static func names(_ names: [String]) -> String {
    names.isEmpty ? "-" : names.joined(separator: ", ")
  }
}
