import Covey
import Synchronization
import Testing

@testable import CoveyTraffic

/// Clients that ask again and again, each time with a new connection, for as long as a test does what none of them may notice.
final class Load: Sendable {
  struct State {
    var answers: [UInt: Int] = [:]
    var isOver = false
  }

  fileprivate let state = Mutex(State())

  /// How many got this status; 0 stands for no answer at all.
  func answers(_ status: UInt) -> Int { state.withLock { $0.answers[status] ?? 0 } }

  /// Waits until so many more were answered well.
  func more(_ count: Int = 20) async throws {
    let goal = answers(200) + count
    try await eventually("clients are answered") { answers(200) >= goal }
  }
}

extension Bench {
  /// Does something while clients ask: some are answered before it begins, all the time that it lasts, and some after it.
  ///
  /// - Returns: every status that one of them got; 0 for a connection that failed.
  func underLoad(_ body: (Load) async throws -> Void) async throws -> Set<UInt> {
    let load = Load()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...3 {
        group.addTask {
          while !load.state.withLock(\.isOver) {
            let status = (try? await self.get().status) ?? 0
            load.state.withLock { $0.answers[status, default: 0] += 1 }
          }
        }
      }
      defer { load.state.withLock { $0.isOver = true } }
      try await load.more()
      try await body(load)
      try await load.more()
      load.state.withLock { $0.isOver = true }
      try await group.waitForAll()
      return load.state.withLock { Set($0.answers.keys) }
    }
  }

  /// How many requests the process that runs now has had of a group: none of those before it.
  func requestsOfThisProcess(for frontend: Frontend) async throws -> Int {
    try TrafficTable.statistics(of: frontend.group, in: await runtime(.showStatistics)).requests
  }
}
