import CoveyWire
import Foundation

/// How long the first request to a group of no members waits for its answer, by turns with a standby and with a fork.
struct WakingTrial: Sendable {
  static let patience = Duration.seconds(60)

  let subject: Subject
  let daemon: CoveyDaemon
  let rounds: Int
  let quiet: Quiet
  let progress: Progress

  /// - Returns: a series of milliseconds for each.
  func run() async throws -> [Series] {
    let kinds: [(kind: SideKind, number: Int, standby: Int)] = [(.fork, 10, 0), (.standby, 11, 1)]
    for one in kinds { try await make(one.kind, number: one.number, standby: one.standby) }
    var samples = kinds.map { _ in [Double]() }
    var misses = kinds.map { _ in Misses(progress) }
    for round in 0...rounds {
      for index in Rounds.order(of: kinds.count, in: round) {
        let one = kinds[index]
        try await sleep(one.kind, standby: one.standby)
        try await quiet.wait()
        let measured = try await misses[index].measure("waking by \(one.kind.rawValue)") {
          try await firstAnswer(number: one.number)
        }
        guard let span = measured else { continue }
        progress.say(
          "\(subject.name) waking \(round == 0 ? "warm-up" : "\(round)/\(rounds)"): "
            + "\(one.kind.rawValue) \(Int(span)) ms")
        if round > 0 { samples[index].append(span) }
      }
    }
    for one in kinds { try await daemon.covey("group delete \(name(one.kind)) --timeout 240s") }
    return kinds.indices.map {
      Series(
        template: subject.name, name: kinds[$0].kind.rawValue, unit: "ms", samples: samples[$0],
        misses: misses[$0].noted)
    }
  }

  private func name(_ kind: SideKind) -> String { "sleeps-\(kind.rawValue)" }
  private func endpoint(_ number: Int) -> Endpoint {
    Endpoint(address: "127.117.0.\(number)", port: 8080)
  }

  private func make(_ kind: SideKind, number: Int, standby: Int) async throws {
    try await daemon.covey(
      "group create \(name(kind)) --template \(subject.name) --min 0 --max 3 --port 80 "
        + "--listen \(endpoint(number).text) --disk ephemeral --standby \(standby) --idle 2s "
        + "--cpu-above 99 --cpu-below 1 --for 1h --timeout 300s")
  }

  /// Waits until the group has no member but its standbys.
  private func sleep(_ kind: SideKind, standby: Int) async throws {
    try await Deadline.wait(for: "group \(name(kind)) to sleep", within: .seconds(120)) {
      let group = try await daemon.group(name(kind))
      let guests: ListView<GuestView> = try await daemon.client.get(Routes.guests)
      return group.serving == 0 && group.size == standby && group.waiting == standby
        && guests.items.allSatisfy { $0.operation == nil }
    }
  }

  private func firstAnswer(number: Int) async throws -> Double {
    let endpoint = endpoint(number)
    return try await OwnThread.run { mood in
      var attempts = Attempts(endpoint: endpoint, path: "/")
      defer { attempts.abandon() }
      let began = ContinuousClock.now
      attempts.start()
      while !mood.isCancelled {
        let answers = attempts.advance(milliseconds: 5, patience: Self.patience)
        if let answer = answers.first {
          guard answer.status == 200 else { throw Trouble("the answer was \(answer.status)") }
          return began.duration(to: answer.at).milliseconds
        }
        guard attempts.count > 0 else { throw Trouble("the request was not answered") }
      }
      throw CancellationError()
    }
  }
}
