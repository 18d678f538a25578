extension Group {
  /// Members in the order in which they may go.
  ///
  /// Where members have disks of their own the highest number goes first, so that the lowest comes back first: it is the
  /// same one again. Else those that are down go first, then those whose removal costs least: by their own word, or by
  /// their sessions where they say nothing; of equals the highest number.
  func leaving(_ members: [Guest], by signs: MemberSigns) -> [Guest] {
    let latest = Array(members.reversed())
    guard spec.disk == .ephemeral else { return latest }
    let ranked = latest.enumerated().map { (rank($0.element, by: signs), $0.offset, $0.element) }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  /// Why a member is the one that goes, such as `web-3 goes: cost 0, the least`.
  public func reasonToGo(_ member: Name, by signs: MemberSigns) -> String {
    let why =
      if spec.disk == .persistent {
        "the highest number"
      } else if signs.downSince[member] != nil {
        "its checks find it down"
      } else if let cost = signs.costs[member] {
        "cost \(Self.text(cost)), the least"
      } else if let sessions = signs.sessions[member] {
        "\(sessions) session\(sessions == 1 ? "" : "s"), the fewest"
      } else {
        "the highest number"
      }
    return "\(member) goes: \(why)"
  }

  private func rank(_ member: Guest, by signs: MemberSigns) -> Double {
    if signs.isDown(member) { return -1 }
    return signs.costs[member.name] ?? signs.sessions[member.name].map(Double.init) ?? .infinity
  }

  private static func text(_ cost: Double) -> String {
    cost == cost.rounded() && abs(cost) < 1e15 ? "\(Int(cost))" : "\(cost)"
  }
}
