import Covey
import CoveyEngine
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// A guest's file systems never hold still for longer than they may.
struct StillMomentTests {
  private let thaws = Tally()

  @Test func whoGivesUpWaitingDoesNotKeepTheGuestFromBeingThawedInTime() async throws {
    let moment = self.moment(freezes: true, time: FastClock())
    let task = Task {
      try await moment.run {
        // What was begun goes on, and ends late.
        while thaws.count == 0 { await Task.yield() }
      }
    }
    task.cancel()
    #expect(try await task.value == false)
    #expect(thaws.count == 1)
  }

  @Test func whatEndsInTimeIsThawedOnce() async throws {
    #expect(try await moment(freezes: true).run {})
    #expect(thaws.count == 1)
  }

  @Test func aFailureThawsToo() async {
    await #expect(throws: CancellationError.self) {
      try await moment(freezes: true).run { throw CancellationError() }
    }
    #expect(thaws.count == 1)
  }

  @Test func aGuestThatDoesNotHoldStillIsLeftAlone() async throws {
    #expect(try await !moment(freezes: false).run {})
    #expect(thaws.count == 0)
  }

  /// Nothing comes too late unless a clock that goes on is given.
  private func moment(freezes: Bool, time: any TimeSource = StandingTime()) -> StillMoment {
    StillMoment(atMost: .seconds(2), time: time, freeze: { freezes }, thaw: { thaws.add() })
  }
}

/// Counts.
private final class Tally: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock(\.self) }
  func add() { value.withLock { $0 += 1 } }
}
