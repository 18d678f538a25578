/// The part of the report about disks, and its goals. Pure.
struct DiskReport: Sendable {
  let findings: Findings

  private func series(_ kind: DiskSideKind) -> Series? {
    findings.disks?.first { $0.name == kind.rawValue && !$0.samples.isEmpty }
  }

  /// Rates are held against rates and times against times, so that only the first grow with what is good.
  func ratio(of kind: DiskSideKind) -> Ratio? {
    guard let rival = kind.rival, let own = series(kind), let other = series(rival) else {
      return nil
    }
    // The same bytes pass through both: the ratio of rates is the reverse one of times.
    return kind.isCopy
      ? Statistics.ratio(other.samples, own.samples) : Statistics.ratio(own.samples, other.samples)
  }

  var goals: [Goal] {
    guard let template = findings.disks?.first?.template else { return [] }
    func goal(
      _ kind: DiskSideKind, _ title: String, _ direction: Goal.Direction, _ must: Double,
      _ aim: Double
    ) -> Goal {
      Goal(
        title: title, template: template, direction: direction, must: must, aim: aim,
        figure: ratio(of: kind)?.value)
    }
    return [
      goal(.move, "live move ÷ `virsh blockcopy`, rates, p50", .atLeast, 0.9, 1),
      goal(
        .snapshot, "snapshot create ÷ `virsh snapshot-create-as --disk-only`, times, p50", .atMost,
        1.5, 1),
      goal(.copy, "offline copy ÷ `qemu-img convert`, rates, p50", .atLeast, 0.95, 1),
    ]
  }

  /// A row for each side: numbers of times, the rate, and the ratio to the tool.
  func rows(_ numbers: (Series) -> String) -> [String] {
    DiskSideKind.allCases.compactMap { kind in
      guard let series = series(kind) else { return nil }
      let seconds = series.median / 1000
      let rate = findings.diskMebibytes.map { Figures.short(Double($0) / seconds) }
      let ratio = self.ratio(of: kind).map(Figures.range)
      return "| \(kind.title) \(numbers(series)) | \(kind.isCopy ? rate ?? "-" : "-") "
        + "| \(ratio ?? "-") |"
    }
  }
}
