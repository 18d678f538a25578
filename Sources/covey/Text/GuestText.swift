import CoveyWire

/// Guests as tables and facts.
enum GuestText {
  static func list(_ guests: [GuestView], _ style: Style) -> String {
    guard !guests.isEmpty else {
      return "no guests; make one with: covey launch NAME --template TEMPLATE\n"
    }
    var table = Table(
      "NAME", "STATE", "GROUP", "TEMPLATE", "ADDRESS", "PORTS", "DISK", "START", ">CPU", ">MEMORY")
    for guest in guests {
      table.add(
        Table.Cell(guest.name), .state(guest.state), Table.Cell(guest.group ?? "-"),
        Table.Cell(guest.template), Table.Cell(guest.address), Table.Cell(ports(guest.ports)),
        Table.Cell(guest.disk), Table.Cell(guest.start),
        Table.Cell(Units.percent(guest.cpuPercent)),
        Table.Cell(guest.memoryUsed.map(Units.bytes) ?? "-"))
    }
    return table.text(style)
  }

  static func info(_ guest: GuestView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("name", guest.name)
    facts.add("state", style.state(guest.state) + (guest.reason.map { " (\($0))" } ?? ""))
    facts.add("under way", guest.operation)
    facts.add("group", guest.group)
    facts.add("template", "\(guest.template) \(guest.templateDigest.prefix(19))")
    facts.add("address", guest.address)
    for port in guest.ports { facts.add("port \(port.guest)", place(of: port, guest.address)) }
    facts.add("cpus", "\(guest.cpus)" + (guest.cpuPercent.map { ", \(Units.percent($0))" } ?? ""))
    let used = guest.memoryUsed.map { ", \(Units.bytes($0)) of the host's in use" } ?? ""
    facts.add("memory", Units.bytes(guest.memory) + used)
    facts.add("disk", guest.disk + (guest.diskUsed.map { ", \(Units.bytes($0)) written" } ?? ""))
    facts.add("start", guest.start)
    facts.add("uuid", guest.uuid)
    facts.add("created", Moment.full(guest.created))
    facts.add("started", guest.startedAt.map(Moment.full))
    if let readyAt = guest.readyAt {
      let took = Moment.seconds(from: guest.startedAt, to: readyAt)
      facts.add("ready", Moment.full(readyAt) + (took.map { ", after \(Units.span($0))" } ?? ""))
    }
    facts.add("serving", guest.servingAt.map { "since \(Moment.full($0))" })
    facts.add("console", guest.console)
    facts.add("log", guest.log)
    return facts.text(style)
  }

  /// What became of a launch: `one is running at 127.77.0.2 (port 80 at 127.77.0.2:10080) after 0.2s, forked`, and on a line of
  /// its own why it was not forked.
  static func arrival(_ guest: GuestView, after launch: OperationView) -> String {
    let ports = guest.ports.map { "port \($0.guest) at \(place(of: $0, guest.address))" }
    let offered = ports.isEmpty ? "" : " (\(ports.joined(separator: ", ")))"
    return "\(guest.name) is \(guest.state) at \(guest.address)\(offered) "
      + "after \(Units.span(launch.elapsed))\(guest.start == "fork" ? ", forked" : "")\n"
      + (guest.isAsked == false
        ? "its template has no health check: its machine runs, and what is in it may still be booting\n  see: covey logs \(guest.name)\n"
        : "")
      + (launch.setback.map { "it was booted: \($0.message)\n  hint: \($0.hint)\n" } ?? "")
  }

  /// `80`, or `80->10080` where the host offers another number.
  static func ports(_ ports: [PortView]) -> String {
    ports.isEmpty
      ? "-"
      : ports.map { $0.guest == $0.host ? "\($0.guest)" : "\($0.guest)->\($0.host)" }
        .joined(separator: ",")
  }

  private static func place(of port: PortView, _ address: String) -> String {
    "\(address):\(port.host)" + (port.note.map { ", \($0)" } ?? "")
  }
}
