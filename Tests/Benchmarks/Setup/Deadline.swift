/// Bounds in time for everything that could hang.
enum Deadline {
  /// Runs the work, which is cancelled when it takes longer.
  ///
  /// - Throws: the work's own error; `Trouble` when the time was up.
  static func limit<Result: Sendable>(
    _ span: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: span)
        throw Trouble("\(what) within \(span.components.seconds) s")
      }
      defer { group.cancelAll() }
      guard let result = try await group.next() else { throw CancellationError() }
      return result
    }
  }

  /// Looks again every few milliseconds until it is so.
  static func wait(
    for what: String, within span: Duration, _ holds: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + span
    while !(try await holds()) {
      guard ContinuousClock.now < end else {
        throw Trouble("gave up waiting for \(what) after \(span.components.seconds) s")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
