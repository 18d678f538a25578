/// Forks of a large guest against forks of a small one, by turns.
struct SizeTrial: Sendable {
  static let sizes = ["128MiB", "1GiB"]

  let subject: Subject
  let daemon: CoveyDaemon
  let rounds: Int
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
    for round in 0...rounds {
      for index in Rounds.order(of: groups.count, in: round) {
        try await Quiet.wait()
        let span = try await groups[index].start().milliseconds
        try await groups[index].end()
        if round > 0 { samples[index].append(span) }
        progress.say(
          "\(subject.name) size \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
            + "\(Self.sizes[index]) \(Int(span)) ms")
      }
    }
    for group in groups { try await group.remove() }
    return zip(Self.sizes, samples).map {
      Series(template: subject.name, name: $0, unit: "ms", samples: $1)
    }
  }
}
