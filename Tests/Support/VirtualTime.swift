import Covey
import CoveyEngine
import Synchronization

/// A clock that stands still until somebody sleeps on it, and then jumps to the end of that sleep.
public final class VirtualTime: TimeSource {
  private let time = Mutex(Timestamp(milliseconds: 1_000_000))

  public init() {}

  public func now() -> Timestamp { time.withLock { $0 } }

  public func advance(by span: Duration) { time.withLock { $0 = $0 + span } }

  public func sleep(for span: Duration) async throws {
    try Task.checkCancellation()
    advance(by: span)
    await Task.yield()
    try Task.checkCancellation()
  }
}
