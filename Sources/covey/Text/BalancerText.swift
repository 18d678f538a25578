import CoveyWire

/// Balancers as a table, and one with its seats and moves.
enum BalancerText {
  static func list(_ balancers: [BalancerView], _ style: Style) -> String {
    var table = Table("NAME", "ADDRESS", "STATE", "ACTIVE", "SINCE", ">SEATS", ">GROUPS")
    for balancer in balancers {
      table.add(
        .init(balancer.name), .init(balancer.address), .init(balancer.state),
        .init(balancer.active ?? "-"), .init(balancer.since ?? "-"),
        .init("\(balancer.seats.count)"), .init("\(balancer.groups.count)"))
    }
    return table.text(style)
  }

  static func info(_ balancer: BalancerView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("name", balancer.name)
    facts.add("address", balancer.address)
    facts.add("state", balancer.state)
    facts.add("active", balancer.active ?? "none")
    facts.add("since", balancer.since)
    facts.add("virtual router", "\(balancer.router)")
    facts.add("groups", balancer.groups.joined(separator: " "))
    facts.add("created", balancer.created)
    var table = Table(
      "SEAT", "INTERFACE", "ADDRESS", ">PRIORITY", "ACTIVE", "KEEPALIVED", "HAPROXY", "PROBLEM")
    for seat in balancer.seats {
      table.add(
        .init(seat.namespace), .init(seat.interface), .init(seat.address),
        .init("\(seat.priority)"), .init(seat.active ? "yes" : "no"),
        .init(seat.keepalived.map { $0 ? "alive" : "gone" } ?? "-"), .init(haproxy(of: seat)),
        .init(seat.problem.map { "\($0.message); \($0.hint)" } ?? "-"))
    }
    let moves = balancer.moves.map { "  \($0.at)  to \($0.to ?? "no seat")\n" }.joined()
    return facts.text(style) + "\n" + table.text(style)
      + (moves.isEmpty ? "" : "\nlast moves\n" + moves)
  }

  private static func haproxy(of seat: BalancerView.Seat) -> String {
    guard !seat.serving.isEmpty || !seat.silent.isEmpty else { return "-" }
    return "\(seat.serving.count) of \(seat.serving.count + seat.silent.count) alive"
  }
}
