import Covey
import CoveyEngine
import Synchronization

/// A clock that never moves: who sleeps on it is woken by cancellation alone, so that a wait can
/// only end by news.
final class StillTime: TimeSource {
  private struct Sleeps {
    var count = 0
    var waiting: [(until: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let sleeps = Mutex(Sleeps())

  func now() -> Timestamp { Timestamp(milliseconds: 1_000_000) }

  func sleep(for span: Duration) async throws {
    let woken = sleeps.withLock { sleeps in
      sleeps.count += 1
      let woken = sleeps.waiting.filter { $0.until <= sleeps.count }
      sleeps.waiting.removeAll { $0.until <= sleeps.count }
      return woken
    }
    for waiter in woken { waiter.continuation.resume() }
    let (forever, end) = AsyncStream<Never>.makeStream()
    for await _ in forever {}
    withExtendedLifetime(end) {}
    try Task.checkCancellation()
  }

  /// Waits until somebody has begun to sleep for the nth time.
  func slept(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isOver = sleeps.withLock { sleeps in
        if sleeps.count < count { sleeps.waiting.append((count, continuation)) }
        return sleeps.count >= count
      }
      if isOver { continuation.resume() }
    }
  }
}
