import CoveyWire
import Foundation

/// The inner parts of a run, each in an enclosure.
struct InsideRun: Sendable {
  /// Where the guests' addresses begin. In the first stage other daemons may be about.
  static let network = "127.116.0.0"

  let plan: BenchPlan
  let place: Place
  let progress: Progress

  init(plan: BenchPlan, place: Place) {
    (self.plan, self.place, progress) = (plan, place, Progress(place))
  }

  /// Builds the templates, while there is a network to fetch packages from.
  func prepare() async throws {
    try await Enclosure.furnish(place)
    let daemon = try await start()
    do {
      for subject in plan.subjects {
        progress.say("building \(subject.name)")
        // The older of two versions, for updates to go to and fro.
        if plan.trials.contains(.traffic) {
          let older = try await subject.variant(in: place)
          try await daemon.covey("template build \(older) --timeout 900s")
        }
        try await daemon.covey("template build \(subject.folder) --timeout 900s")
      }
    } catch {
      if !Task.isCancelled { progress.say("coveyd's last words:\n\(daemon.lastWords)") }
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
      if !Task.isCancelled { progress.say("coveyd's last words:\n\(daemon.lastWords)") }
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
      host: try await HostInspection.facts(doctor, build: plan.build), rounds: plan.rounds,
      trials: BenchPlan.Trial.allCases.filter(plan.trials.contains).map(\.rawValue))
    for subject in plan.subjects {
      progress.say("making \(subject.name) warm")
      try await daemon.warm(subject.name)
      for trial in BenchPlan.Trial.allCases where plan.trials.contains(trial) {
        do {
          try await TrialRun(plan: plan, place: place, daemon: daemon, progress: progress)
            .run(trial, of: subject, into: &findings)
        } catch let error where !Task.isCancelled {
          findings.failures.append("\(trial.rawValue) of \(subject.name): \(error)")
          progress.say("\(trial.rawValue) of \(subject.name) failed: \(error)")
          try await Leftovers.clear(daemon)
        }
        // What is measured later may fail; what was measured is kept.
        try findings.write(to: place.findings)
      }
    }
  }
}
