/// Forks of a large guest against forks of a small one, by turns.
struct SizeTrial: Sendable {
  static let sizes = ["128MiB", "1GiB"]

  let subject: Subject
  let daemon: CoveyDaemon
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  /// - Returns: a series for each of `sizes`.
  func run() async throws -> [Series] {
    var groups: [CoveyGroup] = []
    for (index, size) in Self.sizes.enumerated() {
      try await daemon.covey("template warm \(subject.name) --memory \(size) --timeout 300s")
      groups.append(
        try await .make(
          "size-\(index)", of: subject.name, number: 5 + index, memory: size, by: daemon))
    }
    var samples = groups.map { _ in [Double]() }
    var misses = groups.map { _ in Misses(progress) }
    for round in 0...rounds {
      for index in Rounds.order(of: groups.count, in: round) {
        try await quiet.wait()
        let measured = try await misses[index].measure(Self.sizes[index]) {
          try await groups[index].start().span.milliseconds
        }
        try await groups[index].end()
        guard let span = measured else { continue }
        if round > 0 { samples[index].append(span) }
        progress.say(
          "\(subject.name) size \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
            + "\(Self.sizes[index]) \(Int(span)) ms")
      }
    }
    for group in groups { try await group.remove() }
    return Self.sizes.indices.map {
      Series(
        template: subject.name, name: Self.sizes[$0], unit: "ms", samples: samples[$0],
        misses: misses[$0].noted)
    }
  }
}
