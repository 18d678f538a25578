/// A figure against what it must and should be. Pure.
struct Goal: Hashable, Sendable {
  enum Direction: Hashable, Sendable { case atLeast, atMost }
  enum Verdict: String, Hashable, Sendable {
    case aimReached = "aim reached"
    case reached
    case missed = "**missed**"
    case notMeasured = "not measured"
  }

  let title: String
  let template: String
  let direction: Direction
  let must: Double
  let aim: Double
  /// Nil when it was not measured.
  let figure: Double?

  var verdict: Verdict {
    guard let figure, figure.isFinite else { return .notMeasured }
    if meets(figure, aim) { return .aimReached }
    return meets(figure, must) ? .reached : .missed
  }

  private func meets(_ figure: Double, _ bound: Double) -> Bool {
    direction == .atLeast ? figure >= bound : figure <= bound
  }
}

/// The goals, in the order of the report. Pure.
enum Goals {
  static func of(_ findings: Findings) -> [Goal] {
    findings.templates.flatMap { starts(findings, $0) + trials(findings, $0) }
      + DiskReport(findings: findings).goals
  }

  private static func starts(_ findings: Findings, _ template: String) -> [Goal] {
    func ratio(_ top: SideKind, _ bottom: SideKind) -> Double? {
      guard let top = findings.start(top, of: template),
        let bottom = findings.start(bottom, of: template)
      else { return nil }
      return top.median / bottom.median
    }
    var goals = [
      Goal(
        title: "cold start ÷ fork, p50", template: template, direction: .atLeast, must: 20, aim: 30,
        figure: ratio(.cold, .fork))
    ]
    if template == "debian-web" {
      goals.append(
        Goal(
          title: "fork ÷ podman run, p50", template: template, direction: .atMost, must: 1.2,
          aim: 0.8, figure: ratio(.fork, .podman)))
    }
    goals.append(
      Goal(
        title: "standby ÷ podman run, p50", template: template, direction: .atMost, must: 0.3,
        aim: 0.1, figure: ratio(.standby, .podman)))
    return goals
  }

  private static func trials(_ findings: Findings, _ template: String) -> [Goal] {
    func median(_ all: [Series], _ name: String) -> Double? {
      all.first { $0.template == template && $0.name == name && !$0.samples.isEmpty }?.median
    }
    func quotient(_ top: Double?, _ bottom: Double?) -> Double? {
      top.flatMap { top in bottom.map { top / $0 } }
    }
    let memory = findings.memory.first { $0.template == template }
    // The smaller of the two is the stricter one.
    let cold = [findings.start(.cold, of: template)?.median, median(findings.bursts, "cold")]
      .compactMap { $0 }.min()
    let sizes = SizeTrial.sizes.map { median(findings.sizes, $0) }
    var goals: [Goal] = []
    func add(_ title: String, _ must: Double, _ aim: Double, _ figure: Double?) {
      goals.append(
        Goal(
          title: title, template: template, direction: .atMost, must: must, aim: aim, figure: figure
        ))
    }
    add("PSS of one more fork ÷ PSS of one more cold guest", 0.33, 0.2, memory?.ratio)
    add(
      "\(BurstTrial.forks) forks at once, all serving: per guest ÷ cold per guest", 1 / 15, 1 / 25,
      quotient(median(findings.bursts, "fork"), cold))
    if template == "tiny-web" {
      add(
        "fork with \(SizeTrial.sizes[1]) ÷ fork with \(SizeTrial.sizes[0])", 1.3, 1.1,
        quotient(sizes[1], sizes[0]))
    }
    add(
      "threshold crossed to next member serving, standby, s", 2, 1,
      median(findings.reactions, "standby"))
    add(
      "threshold crossed to next member serving, fork, s", 3, 1, median(findings.reactions, "fork"))
    return goals + disturbances(findings, template)
  }

  /// Nothing that was planned may cost a request.
  private static func disturbances(_ findings: Findings, _ template: String) -> [Goal] {
    guard let all = findings.disturbances else { return [] }
    return Disturbance.allCases.filter(\.isPlanned).compactMap { what in
      let finding = all.first { $0.template == template && $0.what == what }
      guard finding != nil || template == "tiny-web" else { return nil }
      return Goal(
        title: "failed requests: \(what.title)", template: template, direction: .atMost, must: 0,
        aim: 0, figure: finding.map { Double($0.failed) })
    }
  }
}
