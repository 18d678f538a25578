import CoveyWire

/// What covey does to disks beside the raw tools, on the same disk: live moves, snapshots, copies of what is off.
struct DiskTrial: Sendable {
  let subject: Subject
  let daemon: CoveyDaemon
  let place: Place
  /// What the disk holds beyond its template.
  let mebibytes: Int
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  /// - Returns: milliseconds, a series for each kind of side.
  func run() async throws -> [Series] {
    let template = try await daemon.template(subject.name)
    progress.say("\(subject.name) disks: writing \(mebibytes) MiB")
    let disk = try await CoveyDisk.make(subject, mebibytes: mebibytes, daemon, place)
    let plain = try await PlainDisk.make(template, of: disk, place)
    var series = try await byTurns(CoveySnapshot(disk: disk), DiskOnlySnapshot(disk: plain))
    series += try await byTurns(CoveyMove(disk: disk, kind: .move), Blockcopy(disk: plain))
    try await disk.stop()
    try await plain.stop()
    series += try await byTurns(
      CoveyMove(disk: disk, kind: .copy), Convert(disk: plain, kind: .convert),
      Convert(disk: plain, kind: .convertFlushed))
    try await plain.remove()
    try await disk.remove()
    return series
  }

  private func byTurns(_ sides: any DiskSide...) async throws -> [Series] {
    var samples = sides.map { _ in [Double]() }
    var misses = sides.map { _ in Misses(progress) }
    for round in 0...rounds {
      for index in Rounds.order(of: sides.count, in: round) {
        let side = sides[index]
        let measured = try await misses[index].measure(side.kind.rawValue) {
          try await span(of: side)
        }
        try await side.end()
        guard let span = measured else { continue }
        if round > 0 { samples[index].append(span) }
        progress.say(
          "\(subject.name) disks \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
            + "\(side.kind.rawValue) \(Int(span)) ms")
      }
    }
    return sides.indices.map {
      Series(
        template: subject.name, name: sides[$0].kind.rawValue, unit: "ms", samples: samples[$0],
        misses: misses[$0].noted)
    }
  }

  private func span(of side: any DiskSide) async throws -> Double {
    try await side.prepare()
    try await quiet.wait()
    let began = ContinuousClock.now
    try await side.act()
    return began.duration(to: .now).milliseconds
  }
}
