import CoveyEngine
import Synchronization

/// Does something while a guest's file systems hold still, and has them hold still for some time at most.
///
/// Who does not want the outcome any more changes nothing about that: once they hold still, the deadline is kept.
struct StillMoment: Sendable {
  let atMost: Duration
  let time: any TimeSource
  /// Says whether they hold still.
  let freeze: @Sendable () async -> Bool
  let thaw: @Sendable () async -> Void

  /// - Returns: whether the body ended while they held still.
  func run(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    guard try await sheltered({ await freeze() }) else {
      try await body()
      return false
    }
    return try await sheltered { try await runFrozen(body) }
  }

  private func runFrozen(_ body: @Sendable () async throws -> Void) async throws -> Bool {
    let end = Mutex(false)
    async let deadline: Void = thawAtDeadline(end)
    let failure: (any Error)?
    do {
      try await body()
      failure = nil
    } catch { failure = error }
    // Who comes first thaws, and nobody leaves before that is done.
    let inTime = isFirst(end)
    if inTime { await thaw() } else { try await deadline }
    if let failure { throw failure }
    return inTime
  }

  private func isFirst(_ end: borrowing Mutex<Bool>) -> Bool {
    end.withLock { isOver in
      defer { isOver = true }
      return !isOver
    }
  }

  private func thawAtDeadline(_ end: borrowing Mutex<Bool>) async throws {
    try await time.sleep(for: atMost)
    if isFirst(end) { await thaw() }
  }
}
