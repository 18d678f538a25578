import CoveyWire
import Foundation

/// What clients notice of everything that happens to a group: failed requests under a bounded load, by turns.
struct TrafficTrial: Sendable {
  static let group = "traffic"
  static let pairGroup = "paired"
  static let members = 2

  /// All that the trial finds.
  struct Result: Sendable {
    var disturbances: [DisturbanceFinding] = []
    /// From a member's death to its absence, in ms: `HAProxy` and `DNS`.
    var withdrawals: [Series] = []
    /// From the death of the active HAProxy of a pair to its address at the other seat, in s.
    var moves: [Series] = []
    /// What could not be measured at all, and why.
    var failures: [String] = []
  }

  let subject: Subject
  let daemon: CoveyDaemon
  let place: Place
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  func run() async throws -> Result {
    let endpoint = Endpoint(address: "127.117.0.9", port: 8080)
    let pair = try await SeatedPair.make(by: daemon)
    let steps = try await TrafficSteps(
      subject: subject, daemon: daemon, pair: pair, endpoint: endpoint)
    try await make(Self.group, on: endpoint)
    try await make(Self.pairGroup, on: pair.endpoint)
    try await pair.settle()
    var book = Book()
    for round in 0...rounds {
      for index in Rounds.order(of: Disturbance.allCases.count, in: round) {
        let what = Disturbance.allCases[index]
        guard book.misses[what, default: 0] < Rounds.enoughMisses else { continue }
        try await measure(what, steps, round, &book)
      }
    }
    for group in [Self.group, Self.pairGroup] {
      try await daemon.covey("group delete \(group) --timeout 240s")
    }
    try await pair.remove()
    return book.result(subject.name)
  }

  private func make(_ group: String, on endpoint: Endpoint) async throws {
    try await daemon.covey(
      "group create \(group) --template \(subject.name) --min \(Self.members) --max 6 --port 80 "
        + "--listen \(endpoint.text) --disk ephemeral --cpu-above 99 --cpu-below 1 --for 1h "
        + "--timeout 300s")
    try await daemon.settle(group)
  }

  /// One disturbance under load. A shrink follows on a growth that is not measured, and the other way round, so that each
  /// begins with the same number of members.
  private func measure(
    _ what: Disturbance, _ steps: TrafficSteps, _ round: Int, _ book: inout Book
  ) async throws {
    do {
      try await steps.prepare(what)
      try await quiet.wait()
      let figures = Kept<[TrafficSteps.Figure]>([])
      let report = try await load(what, steps).during {
        figures.value = try await steps.disturb(what)
      }
      try await steps.restore(what)
      progress.say(
        "\(subject.name) traffic \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): \(what.rawValue) "
          + "\(report.failed) of \(report.answered + report.failed) failed"
          + figures.value.map { ", \($0.name) \(Figures.short($0.value))" }.joined())
      guard round > 0 else { return }
      book.runs[what, default: []].append(.init(answered: report.answered, failed: report.failed))
      for figure in figures.value { book.figures[figure.name, default: []].append(figure.value) }
    } catch let error where !Task.isCancelled {
      book.misses[what, default: 0] += 1
      book.reasons[what] = "\(error)"
      progress.say("\(what.rawValue) missed: \(error)")
      try await steps.restore(what)
    }
  }

  private func load(_ what: Disturbance, _ steps: TrafficSteps) -> Load {
    guard what == .activeHAProxyKilled else {
      return Load(url: "http://\(steps.endpoint.text)/", place: place)
    }
    return Load(
      prefix: ["nsenter", "--net=/run/netns/\(SeatedPair.client)"],
      url: "http://\(steps.pair.endpoint.text)/", place: place)
  }

  /// What was measured so far.
  private struct Book {
    var runs: [Disturbance: [DisturbanceFinding.Run]] = [:]
    var figures: [String: [Double]] = [:]
    var misses: [Disturbance: Int] = [:]
    var reasons: [Disturbance: String] = [:]

    func result(_ template: String) -> Result {
      func series(_ name: String, _ unit: String) -> [Series] {
        figures[name].map { [Series(template: template, name: name, unit: unit, samples: $0)] }
          ?? []
      }
      return Result(
        disturbances: Disturbance.allCases.compactMap { what in
          runs[what].map {
            DisturbanceFinding(template: template, what: what, runs: $0, misses: misses[what])
          }
        },
        withdrawals: series("HAProxy", "ms") + series("DNS", "ms"), moves: series("address", "s"),
        failures: Disturbance.allCases.compactMap { what in
          runs[what] == nil
            ? "\(what.title), of \(template): \(reasons[what] ?? "never came to it")" : nil
        })
    }
  }
}
