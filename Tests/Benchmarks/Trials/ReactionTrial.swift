import CoveyWire

/// How long a group takes from the round that saw too much load to the next member that serves.
struct ReactionTrial: Sendable {
  static let threshold = 40.0

  let subject: Subject
  let daemon: CoveyDaemon
  let place: Place
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  /// - Returns: a series of seconds for forks and one for standbys.
  func run() async throws -> [Series] {
    let extra =
      "--cpu-above \(Int(Self.threshold)) --cpu-below 5 --for 0s --cooldown 1s --interval 1s"
    let groups = [
      try await CoveyGroup.make(
        "calls", of: subject.name, number: 7, extra: extra, largest: 2, by: daemon),
      try await CoveyGroup.make(
        "waits", of: subject.name, number: 8, standby: 1, extra: extra, largest: 3, by: daemon),
    ]
    var samples = groups.map { _ in [Double]() }
    var misses = groups.map { _ in Misses(progress) }
    for round in 0...rounds {
      for index in Rounds.order(of: groups.count, in: round) {
        try await groups[index].prepare()
        try await quiet.wait()
        let kind = groups[index].kind.rawValue
        let measured = try await misses[index].measure("\(kind) reaction") {
          try await loaded(groups[index])
        }
        try await groups[index].end()
        guard let span = measured else { continue }
        if round > 0 { samples[index].append(span) }
        progress.say(
          "\(subject.name) reaction \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
            + "\(kind) \(Figures.short(span)) s")
      }
    }
    for group in groups { try await group.remove() }
    return groups.indices.map {
      Series(
        template: subject.name, name: groups[$0].kind.rawValue, unit: "s", samples: samples[$0],
        misses: misses[$0].noted)
    }
  }

  /// Loads the group until a second member serves, for a minute at most.
  private func loaded(_ group: CoveyGroup) async throws -> Double {
    let serving = Set(
      (try await daemon.group(group.name).members ?? []).filter { $0.state == "serving" }
        .map(\.name))
    let url = "http://\(group.endpoint.text)\(subject.workPath)"
    let wrk = try Child(
      ["wrk", "-t1", "-c2", "-d60s", "--timeout", "30s", url], log: "\(place.folder)/wrk.log")
    do {
      let span = try await reaction(of: group, beyond: serving)
      await wrk.end()
      return span
    } catch {
      await wrk.end()
      throw error
    }
  }

  private func reaction(of group: CoveyGroup, beyond serving: Set<String>)
    async throws -> Double
  {
    var found: (name: String, at: String)?
    try await Deadline.wait(for: "group \(group.name) to react", within: .seconds(60)) {
      let members = try await daemon.group(group.name).members ?? []
      found = members.filter { !serving.contains($0.name) }
        .compactMap { member in member.servingAt.map { (member.name, $0) } }.min { $0.1 < $1.1 }
      return found != nil
    }
    let rounds = try await daemon.rounds(of: group.name)
    let crossing = Self.crossing(in: rounds, over: Self.threshold)
    try await group.check(found.map { [$0.name] } ?? [])
    guard let span = Moment.seconds(from: crossing, to: found?.at) else {
      throw Trouble("the rounds of group \(group.name) show no crossing of the threshold")
    }
    return span
  }

  /// When the load crossed the threshold: the first round of the run over it that led to the latest growth. Pure.
  ///
  /// - Parameter rounds: newest first.
  static func crossing(in rounds: [RoundView], over threshold: Double) -> String? {
    guard let grown = rounds.firstIndex(where: { $0.move == "grow" }) else { return nil }
    let before = rounds[rounds.index(after: grown)...].prefix { ($0.meanCPU ?? 0) > threshold }
    return (before.last ?? rounds[grown]).at
  }
}
