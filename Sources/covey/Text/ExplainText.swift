import CoveyWire

/// The rounds of a group in words: why it is the size it is.
enum ExplainText {
  /// - Parameter rounds: newest first, as the API gives them.
  static func explain(_ group: GroupView, _ rounds: [RoundView], _ style: Style) -> String {
    let answer = style.paint(self.answer(group, rounds), .bold) + "\n"
    guard !rounds.isEmpty else { return answer }
    var table = Table(
      "TIME (UTC)", "MOVE", "RULE", ">CPU", ">REQUESTS/S", ">SERVING", ">SIZE", ">DESIRED",
      "REASON")
    for run in runs(of: rounds) { table.add(run) }
    return answer + "\n" + table.text(style)
  }

  /// One sentence.
  static func answer(_ group: GroupView, _ rounds: [RoundView]) -> String {
    let size =
      "\(group.name) has \(Units.count(group.size, "guest")) (desired \(group.desired), "
      + "\(group.serving) serving, min \(group.min), max \(group.max))"
    guard let newest = rounds.first else { return "\(size); no round has been decided yet." }
    let now = group.reason ?? newest.reason
    guard let change = rounds.first(where: { $0.move != "stay" }) else {
      return "\(size); no round shown here changed it; now: \(now)."
    }
    let verb = change.move == "grow" ? "grew" : "shrank"
    return "\(size); it last \(verb) at \(Moment.clock(change.at)), because \(change.reason); "
      + "now: \(now)."
  }

  /// Rounds that follow each other, stay and have the same rule are one run.
  static func runs(of rounds: [RoundView]) -> [[RoundView]] {
    var runs: [[RoundView]] = []
    for round in rounds {
      if let last = runs.last?.last, round.move == "stay", last.move == "stay",
        last.rule == round.rule, round.rule != "leaving", last.desired == round.desired
      {
        runs[runs.count - 1].append(round)
      } else {
        runs.append([round])
      }
    }
    return runs
  }
}

extension Table {
  /// One run of rounds; its newest round gives the figures.
  fileprivate mutating func add(_ run: [RoundView]) {
    guard let newest = run.first, let oldest = run.last else { return }
    let span = Moment.seconds(from: oldest.at, to: newest.at) ?? 0
    let time =
      run.count == 1
      ? Moment.clock(newest.at) : "\(Moment.clock(oldest.at)) + \(Units.span(span))"
    let colour: Style.Colour? =
      switch newest.move {
      case "grow": .green
      case "shrink": .yellow
      default: .dim
      }
    add(
      Cell(time), Cell(run.count == 1 ? newest.move : "\(newest.move) x\(run.count)", colour),
      Cell(newest.rule), Cell(Units.percent(newest.meanCPU)), Cell(Units.rate(newest.requestRate)),
      Cell("\(newest.serving)"), Cell("\(newest.size)"), Cell("\(newest.desired)"),
      Cell(newest.reason))
  }
}
