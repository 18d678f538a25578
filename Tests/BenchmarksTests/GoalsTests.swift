import Testing

@testable import covey_bench

@Suite struct GoalsTests {
  private func goal(_ figure: Double?, _ direction: Goal.Direction = .atMost) -> Goal {
    let (must, aim) = direction == .atMost ? (1.2, 0.8) : (20, 30)
    return Goal(
      title: "x", template: "t", direction: direction, must: must, aim: aim, figure: figure)
  }

  @Test func aGoalIsReachedAtItsBoundAndMissedBeyondIt() {
    #expect(goal(0.8).verdict == .aimReached)
    #expect(goal(1.2).verdict == .reached)
    #expect(goal(1.21).verdict == .missed)
    #expect(goal(30, .atLeast).verdict == .aimReached)
    #expect(goal(20, .atLeast).verdict == .reached)
    #expect(goal(19.9, .atLeast).verdict == .missed)
  }

  @Test func whatWasNotMeasuredIsNeitherReachedNorMissed() {
    #expect(goal(nil).verdict == .notMeasured)
    #expect(goal(.nan).verdict == .notMeasured)
  }

  @Test func goalsAreRatiosOfMedians() throws {
    let goals = Goals.of(Samples.findings)
    let cold = try #require(goals.first { $0.title.hasPrefix("cold start") })
    #expect(cold.figure == 20)
    #expect(cold.verdict == .reached)
    let standby = try #require(goals.first { $0.title.hasPrefix("standby") })
    #expect(standby.figure == 0.1)
  }

  @Test func aBurstIsHeldAgainstTheStricterOfTwoColdStarts() throws {
    let goals = Goals.of(Samples.findings)
    let burst = try #require(goals.first { $0.title.hasPrefix("8 forks") })
    // 3,000 ms each for four at once, against 4,000 ms for one alone.
    #expect(burst.figure == 120 / 3000.0)
  }

  @Test func oneMoreGuestCostsWhatTheSumGrewBy() {
    let side = MemoryFinding.Side(
      proportional: [40, 40, 40], proportionalOfOne: 60, availableFall: 30)
    #expect(side.marginal == 30)
  }

  @Test func ratesOfDisksAreHeldAgainstRatesAndTimesAgainstTimes() {
    var findings = Samples.findings
    findings.diskMebibytes = 512
    findings.disks = [
      Samples.series("move", [1000]), Samples.series("blockcopy", [800]),
      Samples.series("snapshot", [140]), Samples.series("snapshot-create-as", [100]),
    ]
    let report = DiskReport(findings: findings)
    // As many bytes in more time: four fifths of the rate.
    #expect(report.goals.map(\.figure) == [0.8, 1.4, nil])
    #expect(report.goals.map(\.verdict) == [.missed, .reached, .notMeasured])
    let text = MarkdownReport(findings: findings).text
    #expect(
      text.contains(
        "| covey disk move, running | 1,000 | 1,000 | 1,000 | 1,000 | 1 | 512 | 0.80 (0.80-0.80) |"
      ))
    #expect(
      text.contains(
        "| `virsh snapshot-create-as --disk-only` | 100 | 100 | 100 | 100 | 1 | - | - |"))
  }

  @Test func theReportShowsEveryTableThatHasSamples() {
    let text = MarkdownReport(findings: Samples.findings).text
    #expect(text.contains("| covey fork | 200 | 210 | 190 | 210 | 3 | 1.00"))
    #expect(
      text.contains("| cold start ÷ fork, p50 | tiny-web | 20.0 | ≥ 20.0 | ≥ 30.0 | reached |"))
    #expect(text.contains("## Many at once"))
    #expect(!text.contains("## Memory"))
  }

  @Test func aRunOfSomeTrialsKeepsTheFiguresOfTheOthers() {
    var next = Samples.findings
    (next.date, next.command) = ("2026-11-30T00:00:00Z", "covey-bench --trials disk")
    next.trials = ["disk"]
    next.starts = []
    next.bursts = []
    next.disks = [Samples.series("move", [4])]
    var before = Samples.findings
    before.failures = ["disk of tiny-web: full", "burst of tiny-web: slow"]
    let kept = next.keeping(before)
    #expect(kept.starts == before.starts && kept.bursts == before.bursts)
    #expect(kept.disks == next.disks)
    #expect(kept.failures == ["burst of tiny-web: slow"])
    let others = BenchPlan.Trial.allCases.map(\.rawValue).filter { $0 != "disk" }
    #expect(
      kept.kept == [
        KeptTrials(trials: others, date: before.date, command: "make bench", rounds: 3)
      ])
    #expect(MarkdownReport(findings: kept).text.contains("measured on 2026-11-22T00:00:00Z"))

    // A third run replaces some of what the second had kept, and some of its own.
    var third = Samples.findings
    third.trials = ["starts", "disk"]
    let again = third.keeping(kept).kept
    #expect(again?.map(\.trials) == [others.filter { $0 != "starts" }])
    #expect(again?.map(\.date) == [before.date])

    var whole = Samples.findings
    whole.trials = BenchPlan.Trial.allCases.map(\.rawValue)
    #expect(whole.keeping(kept) == whole)
  }
}

/// Findings as a short run would leave them.
enum Samples {
  static var findings: Findings {
    let host = HostFacts(
      processors: 2, memoryMiB: 1024, fileSystem: "ext4", accelerator: "tcg",
      acceleratorEvidence: "no KVM", build: "release", versions: ["qemu": "7.2"])
    var findings = Findings(
      date: "2026-11-22T00:00:00Z", command: "make bench", host: host, rounds: 3)
    findings.starts = [
      series("fork", [190, 200, 210]), series("standby", [20, 30, 40]),
      series("cold", [3900, 4000, 4100]), series("podman", [300, 300, 300]),
    ]
    findings.bursts = [series("fork", [120]), series("cold", [3000])]
    return findings
  }

  static func series(_ name: String, _ samples: [Double]) -> Series {
    Series(template: "tiny-web", name: name, unit: "ms", samples: samples)
  }
}
