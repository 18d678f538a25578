import Covey
import CoveyEngine
import Synchronization

/// A clock that never goes on: whoever sleeps on it sleeps until its task is cancelled.
public final class StandingTime: TimeSource {
  private let count = Mutex(0)

  public init() {}

  /// How many have gone to sleep so far.
  public var sleepers: Int { count.withLock { $0 } }

  public func now() -> Timestamp { Timestamp(milliseconds: 1_000_000) }

  public func sleep(for span: Duration) async throws {
    count.withLock { $0 += 1 }
    // For ever, by the real clock.
    try await Task.sleep(for: .seconds(100_000))
  }
}
