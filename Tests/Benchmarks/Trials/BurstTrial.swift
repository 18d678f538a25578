import CoveyWire

/// Many forks asked for at once, against several cold starts at once.
struct BurstTrial: Sendable {
  static let forks = 8
  static let coldStarts = PlainMachines.cold.count

  let subject: Subject
  let daemon: CoveyDaemon
  let place: Place
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  /// - Returns: milliseconds for each guest, all serving, of both.
  func run() async throws -> [Series] {
    let template = try await daemon.template(subject.name)
    let machines = try await PlainMachines.make(subject, template, place)
    let group = try await CoveyGroup.make("burst", of: subject.name, number: 4, by: daemon)
    var (forks, cold): ([Double], [Double]) = ([], [])
    var misses = Misses(progress)
    for round in 0...rounds {
      try await quiet.wait()
      try await group.prepare()
      let measured = try await misses.measure("burst") {
        try await group.grow(by: Self.forks).span.milliseconds / Double(Self.forks)
      }
      try await group.end()
      try await quiet.wait()
      let plain = try await coldTogether(machines).milliseconds / Double(Self.coldStarts)
      guard let fork = measured else { continue }
      progress.say(
        "\(subject.name) burst \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
          + "\(Int(fork)) ms for each of \(Self.forks) forks, \(Int(plain)) ms for each of "
          + "\(Self.coldStarts) cold starts")
      guard round > 0 else { continue }
      forks.append(fork)
      cold.append(plain)
    }
    try await group.remove()
    try await machines.remove()
    return [
      Series(
        template: subject.name, name: "fork", unit: "ms", samples: forks, misses: misses.noted),
      Series(template: subject.name, name: "cold", unit: "ms", samples: cold),
    ]
  }

  private func coldTogether(_ machines: PlainMachines) async throws -> Duration {
    for name in PlainMachines.cold { try await machines.makeOverlay(name) }
    let span = try await withThrowingTaskGroup(of: Duration.self) { group in
      for name in PlainMachines.cold {
        group.addTask {
          try await Clock.time {
            try await Libvirtd.virsh(["start", name])
          } until: {
            try await machines.firstPage(of: name)
          }.span
        }
      }
      return try await group.reduce(.zero) { max($0, $1) }
    }
    for name in PlainMachines.cold { try await machines.destroy(name) }
    return span
  }
}
