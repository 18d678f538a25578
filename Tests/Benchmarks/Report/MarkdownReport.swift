/// The generated part of `docs/benchmarks.md`. Pure.
struct MarkdownReport: Sendable {
  let findings: Findings

  var text: String {
    ([conditions, goals] + findings.templates.map(starts)
      + [steps, bursts, sizes, memory, reactions, disturbances, delays, disks])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var conditions: String {
    let host = findings.host
    let failures = findings.failures.map { "\n**Not measured:** \($0)\n" }.joined()
    let kept = (findings.kept ?? []).map {
      "\nOf an earlier run: \($0.trials.joined(separator: ", ")), measured on \($0.date) with `\($0.command)`, \($0.rounds) rounds.\n"
    }.joined()
    let versions = host.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return """
      Measured on \(findings.date) with `\(findings.command)`.

      | | |
      |---|---|
      | processors | \(host.processors) |
      | memory | \(host.memoryMiB) MiB |
      | file system | \(host.fileSystem) |
      | accelerator | \(host.accelerator) |
      | build | \(host.build) |
      | versions | \(versions.joined(separator: "; ")) |
      | rounds | \(findings.rounds) after a warm-up, sides by turns; \(findings.repeatedRounds) \
      repeated because others disturbed them |
      \(kept)\(failures)
      """
  }

  private var goals: String {
    let rows = Goals.of(findings).map { goal in
      let sign = goal.direction == .atLeast ? "≥" : "≤"
      let figure = goal.figure.map(Figures.short) ?? "-"
      return "| \(goal.title) | \(goal.template) | \(figure) | \(sign) \(Figures.short(goal.must)) "
        + "| \(sign) \(Figures.short(goal.aim)) | \(goal.verdict.rawValue) |"
    }
    return section(
      "Goals", ["figure", "template", "measured", "must", "aim", ""], rows)
  }

  private func starts(_ template: String) -> String {
    let fork = findings.start(.fork, of: template)?.samples
    let rows = SideKind.allCases.compactMap { kind -> String? in
      guard let series = findings.start(kind, of: template) else { return nil }
      let ratio = fork.map { Figures.range(Statistics.ratio(series.samples, $0)) } ?? "-"
      return "| \(kind.title) \(numbers(series)) | \(ratio) |"
    }
    guard !rows.isEmpty else { return "" }
    return section(
      "\(template): from the call to the first 200, in ms",
      ["side", "p50", "p95", "least", "most", "samples", "÷ fork (95 %)"], rows)
  }

  private var steps: String {
    let rows = findings.steps.map { "| \($0.name) | \($0.template) \(numbers($0)) |" }
    return table(
      "Where the time of forks and standbys goes, in ms, by the daemon's own events",
      ["step", "template", "p50", "p95", "least", "most", "samples"], rows)
  }

  private var bursts: String {
    let titles = [
      "fork": "\(BurstTrial.forks) forks asked at once",
      "cold": "\(BurstTrial.coldStarts) cold `virsh start` at once",
    ]
    let rows = findings.bursts.map {
      "| \(titles[$0.name] ?? $0.name) | \($0.template) \(numbers($0)) |"
    }
    return table(
      "Many at once: until all serve, in ms for each guest",
      ["", "template", "p50", "p95", "least", "most", "samples"], rows)
  }

  private var sizes: String {
    let rows = findings.sizes.map { "| \($0.name) | \($0.template) \(numbers($0)) |" }
    return table(
      "Forks by the guest's memory, in ms",
      ["memory", "template", "p50", "p95", "least", "most", "samples"], rows)
  }

  private var memory: String {
    let rows = findings.memory.flatMap { finding in
      [("forks", finding.fork), ("cold guests", finding.cold)].map { name, side in
        let mean = side.proportional.reduce(0, +) / Double(max(side.proportional.count, 1))
        return
          "| \(finding.guests) \(name) | \(finding.template) | \(Figures.short(side.marginal)) "
          + "| \(Figures.short(mean)) | \(Figures.short(side.proportionalOfOne)) "
          + "| \(Figures.short(side.availableFall)) |"
      }
    }
    return table(
      "Memory at rest, in MiB",
      [
        "guests", "template", "PSS of one more", "mean PSS", "PSS of one alone",
        "MemAvailable fell by, each",
      ], rows)
  }

  private var reactions: String {
    let rows = findings.reactions.map {
      "| \($0.name) | \($0.template) \(numbers($0)) |"
    }
    return table(
      "From the crossing of the threshold to the next member serving, in s, with a look each second",
      ["by", "template", "p50", "p95", "least", "most", "samples"], rows)
  }

  private var disks: String {
    table(
      "Disks: from the call to its end, in ms, with \(findings.diskMebibytes ?? 0) MiB of data",
      [
        "side", "p50", "p95", "least", "most", "samples", "MiB/s, p50", "÷ the raw tool (95 %)",
      ], DiskReport(findings: findings).rows(numbers))
  }

  private var disturbances: String {
    let rows = (findings.disturbances ?? []).map { finding in
      let failed = finding.runs.map { Double($0.failed) }
      let values = [
        Statistics.median(failed), Statistics.percentile(0.95, of: failed), failed.max() ?? .nan,
      ]
      let misses = finding.misses.map { ", \($0) missed" } ?? ""
      return "| \(finding.what.title) | \(finding.template) | \(finding.runs.count)\(misses) "
        + "| \(Figures.short(Double(finding.requests))) | \(finding.failed) | "
        + values.map(Figures.count).joined(separator: " | ") + " |"
    }
    return table(
      "Failed requests under \(Load.perSecond) requests a second, each on a new connection",
      ["what happens", "template", "times", "requests", "failed", "p50", "p95", "most"], rows)
  }

  private var delays: String {
    let titles = [
      ("a member's death to its absence in HAProxy, ms", findings.withdrawals, "HAProxy"),
      ("a member's death to its absence in DNS, ms", findings.withdrawals, "DNS"),
      ("the active HAProxy's death to the address at the other seat, s", findings.moves, "address"),
      (
        "the first request to no member to its answer, with a standby, ms", findings.wakings,
        "standby"
      ),
      ("the first request to no member to its answer, by a fork, ms", findings.wakings, "fork"),
    ]
    let rows = titles.flatMap { title, all, name in
      (all ?? []).filter { $0.name == name && !$0.samples.isEmpty }
        .map { "| \(title) | \($0.template) \(numbers($0)) |" }
    }
    return table(
      "How long traffic takes to follow",
      ["from", "template", "p50", "p95", "least", "most", "samples"], rows)
  }

  private func numbers(_ series: Series) -> String {
    let samples = series.samples
    let values = [
      Statistics.median(samples), Statistics.percentile(0.95, of: samples),
      samples.min() ?? .nan, samples.max() ?? .nan,
    ]
    let misses = series.misses.map { ", \($0) missed" } ?? ""
    return "| "
      + (values.map(Figures.short) + ["\(samples.count)\(misses)"]).joined(separator: " | ")
  }

  private func table(_ title: String, _ heads: [String], _ rows: [String]) -> String {
    rows.isEmpty ? "" : section(title, heads, rows)
  }

  private func section(_ title: String, _ heads: [String], _ rows: [String]) -> String {
    "## \(title)\n\n| \(heads.joined(separator: " | ")) |\n"
      + "|\(heads.map { _ in "---|" }.joined())\n" + rows.map { "\($0)\n" }.joined()
  }
}
