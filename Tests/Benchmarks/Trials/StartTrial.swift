import CoveyWire

/// The main comparison: every side by turns, for one template.
struct StartTrial: Sendable {
  let subject: Subject
  let daemon: CoveyDaemon
  let place: Place
  let only: Set<SideKind>
  let rounds: Rounds

  func run() async throws -> (series: [Series], steps: [Series], repeated: Int) {
    let template = try await daemon.template(subject.name)
    let setup = try await StartSetup.make(subject, template, daemon, place, only)
    let result = try await rounds.run(subject.name, setup.sides)
    try await setup.remove()
    let series = SideKind.allCases.filter(only.contains).map { kind in
      let own = result.samples.filter { $0.kind == kind }
      return Series(
        template: subject.name, name: kind.rawValue, unit: "ms", samples: own.map(\.milliseconds),
        foreignLoad: own.map(\.foreign), misses: result.misses[kind])
    }
    let steps = [SideKind.fork, .standby].flatMap { kind in
      ForkSteps.series(
        of: result.samples.filter { $0.kind == kind }.map(\.steps), kind: kind,
        template: subject.name)
    }
    return (series, steps, result.repeated)
  }
}

/// What the sides of one template need, made before the first round.
struct StartSetup: Sendable {
  private(set) var sides: [any Side] = []
  private(set) var groups: [CoveyGroup] = []
  private(set) var machines: PlainMachines?
  private(set) var podman: Podman?

  static func make(
    _ subject: Subject, _ template: TemplateView, _ daemon: CoveyDaemon, _ place: Place,
    _ only: Set<SideKind>
  ) async throws -> StartSetup {
    var setup = StartSetup()
    if only.contains(.fork) {
      setup.groups.append(try await .make("fork", of: subject.name, number: 2, by: daemon))
    }
    if only.contains(.standby) {
      setup.groups.append(
        try await .make("ready", of: subject.name, number: 3, standby: 1, by: daemon))
    }
    setup.sides = setup.groups
    if !only.isDisjoint(with: [.cold, .clone, .restore]) {
      let machines = try await PlainMachines.make(subject, template, place)
      setup.machines = machines
      if only.contains(.cold) { setup.sides.append(ColdStart(machines)) }
      if only.contains(.clone) { setup.sides.append(CloneStart(machines)) }
      if only.contains(.restore) { setup.sides.append(try await RestoreStart.make(machines)) }
    }
    if only.contains(.podman) {
      let podman = try await Podman.make(subject, template, place)
      setup.podman = podman
      setup.sides.append(podman)
    }
    return setup
  }

  /// Everything that would disturb what is measured next.
  func remove() async throws {
    for group in groups { try await group.remove() }
    try await machines?.remove()
    try await podman?.remove()
  }
}
