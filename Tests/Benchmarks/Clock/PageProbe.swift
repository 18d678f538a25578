import Foundation

/// Asks for a page until the first 200.
///
/// Where requests fail at once, the next one follows after 2 ms. Where they hang, because a machine boots behind an
/// open port, a further one starts every 100 ms beside them. QEMU's network keeps what is asked of a guest without
/// a network for a second, so one of them is there when it has one; more of them would keep a slow guest from
/// its first answer.
struct PageProbe: Sendable {
  static let pause = Duration.milliseconds(2)
  static let overlap = Duration.milliseconds(100)
  /// The slowest answer that is waited for.
  static let patience = Duration.seconds(3)

  let endpoint: Endpoint
  let path: String
  let within: Duration

  /// - Returns: when the first 200 had arrived.
  /// - Throws: `Trouble` when the time is up; `CancellationError`.
  func first() async throws -> ContinuousClock.Instant {
    try await OwnThread.run { mood in
      var attempts = Attempts(endpoint: endpoint, path: path)
      defer { attempts.abandon() }
      let end = ContinuousClock.now + within
      var latest = ContinuousClock.now - Self.overlap
      while !mood.isCancelled {
        let now = ContinuousClock.now
        guard now < end else {
          throw Trouble("no page from \(endpoint.text) within \(within.components.seconds) s")
        }
        if latest.duration(to: now) >= (attempts.count == 0 ? Self.pause : Self.overlap) {
          attempts.start()
          latest = now
        }
        let answers = attempts.advance(milliseconds: 1, patience: Self.patience)
        if let good = answers.first(where: { $0.status == 200 }) { return good.at }
      }
      throw CancellationError()
    }
  }
}
