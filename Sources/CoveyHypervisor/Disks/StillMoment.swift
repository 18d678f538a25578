import CoveyEngine

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
    return try await sheltered {
      do {
        let inTime = try await beforeTheThaw(body)
        if inTime { await thaw() }
        return inTime
      } catch {
        await thaw()
        throw error
      }
    }
  }

  private func beforeTheThaw(_ body: @escaping @Sendable () async throws -> Void) async throws
    -> Bool
  {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return true
      }
      group.addTask {
        try await time.sleep(for: atMost)
        await thaw()
        return false
      }
      guard let inTime = try await group.next() else { return false }
      if inTime { group.cancelAll() } else { _ = try await group.next() }
      return inTime
    }
  }
}
