import CoveyWire

extension Session {
  /// Looks, and looks again whenever something happened, until the look finds what it is for.
  ///
  /// Between two looks it waits on the daemon's events; a look at least every five seconds guards against changes
  /// that leave no event.
  ///
  /// - Parameters:
  ///   - look: returns the inventory's revision that it saw, and a result to end with.
  ///   - late: what to throw when the deadline passes.
  func untilFound<Found: Sendable>(
    by deadline: ContinuousClock.Instant,
    look: @Sendable () async throws -> (revision: Int, found: Found?),
    late: @Sendable () -> ErrorView
  ) async throws -> Found {
    while true {
      let (revision, found) = try await look()
      if let found { return found }
      let left = ContinuousClock.now.duration(to: deadline).seconds
      guard left > 0 else { throw late() }
      let wait = max(1, min(5, Int(left.rounded(.up))))
      let query = ["after": "\(revision)", "wait": "\(wait)", "limit": "1"]
      _ = try await client.get(Routes.events, query, as: ListView<EventView>.self)
    }
  }
}
