import CoveyWire
import Foundation

/// The inner parts of a run, each in an enclosure.
struct InsideRun: Sendable {
  /// Where the guests' addresses begin. In the first stage other daemons may be about.
  static let network = "127.116.0.0"

  let plan: BenchPlan
  let place: Place
  let progress = Progress()

  /// Builds the templates, while there is a network to fetch packages from.
  func prepare() async throws {
    try await Enclosure.furnish(place)
    let daemon = try await start()
    do {
      for subject in plan.subjects {
        progress.say("building \(subject.name)")
        try await daemon.covey("template build \(subject.folder) --timeout 900s")
      }
    } catch {
      FileHandle.standardError.write(Data(daemon.log.utf8))
      await daemon.stop()
      throw error
    }
    await daemon.stop()
  }

  /// Measures everything and leaves the findings in the place.
  func measure() async throws {
    try await Enclosure.furnish(place)
    let daemon = try await start()
    let libvirtd = try await Libvirtd.start(place)
    do {
      try await measure(daemon)
    } catch {
      FileHandle.standardError.write(Data(daemon.log.utf8))
      await libvirtd.stop()
      await daemon.stop()
      throw error
    }
    await libvirtd.stop()
    await daemon.stop()
  }

  private func start() async throws -> CoveyDaemon {
    try await CoveyDaemon.start(place, binaries: plan.binaries, network: Self.network)
  }

  private func measure(_ daemon: CoveyDaemon) async throws {
    let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
    var findings = Findings(
      date: Date.now.formatted(.iso8601), command: Report.command,
      host: try await HostInspection.facts(doctor, build: plan.build), rounds: plan.rounds)
    for subject in plan.subjects {
      progress.say("making \(subject.name) warm")
      try await daemon.covey("template warm \(subject.name) --timeout 300s")
      try await add(subject, daemon, to: &findings)
      // What is measured later may fail; what was measured is kept.
      try findings.write(to: place.findings)
    }
  }

  private func add(_ subject: Subject, _ daemon: CoveyDaemon, to findings: inout Findings)
    async throws
  {
    if plan.trials.contains(.starts) {
      let rounds = Rounds(count: plan.rounds, repeats: plan.repeats, progress: progress)
      let found = try await StartTrial(
        subject: subject, daemon: daemon, place: place, only: plan.sides, rounds: rounds
      ).run()
      findings.starts += found.series
      findings.stages += found.stages
      findings.repeatedRounds += found.repeated
    }
    if plan.trials.contains(.burst) {
      findings.bursts += try await BurstTrial(
        subject: subject, daemon: daemon, place: place, rounds: plan.fewerRounds, progress: progress
      ).run()
    }
    // The size of the memory is a matter of covey's alone: one template shows it.
    if plan.trials.contains(.size), subject.name == "tiny-web" {
      findings.sizes += try await SizeTrial(
        subject: subject, daemon: daemon, rounds: plan.rounds, progress: progress
      ).run()
    }
    if plan.trials.contains(.reaction) {
      findings.reactions += try await ReactionTrial(
        subject: subject, daemon: daemon, place: place, rounds: plan.fewerRounds, progress: progress
      ).run()
    }
    if plan.trials.contains(.memory) {
      findings.memory.append(
        try await MemoryTrial(
          subject: subject, daemon: daemon, guests: plan.memoryGuests, rest: plan.memoryRest,
          progress: progress
        ).run())
    }
  }
}
