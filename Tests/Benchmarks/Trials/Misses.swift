/// Failures that a trial gets over, up to a number.
struct Misses: Sendable {
  static let most = 3

  let progress: Progress
  private(set) var count = 0

  init(_ progress: Progress) { self.progress = progress }

  /// Nil for none, as `Series` has it.
  var noted: Int? { count == 0 ? nil : count }

  /// Runs one measurement; a failure is noted, and the caller goes on.
  ///
  /// - Returns: nil when it failed.
  /// - Throws: the failure when it is one too many; what came of cancellation.
  mutating func measure<Figure>(
    _ title: String, _ work: () async throws -> Figure
  ) async throws -> Figure? {
    do {
      return try await work()
    } catch let error where !Task.isCancelled && count + 1 < Self.most {
      count += 1
      progress.say("\(title) missed: \(error)")
      return nil
    }
  }
}
