import Covey
import CoveyEngine
import Synchronization

/// A clock that stands still until everybody sleeps on it, and then jumps to the end of the sleep that ends first.
public final class VirtualTime: TimeSource {
  private struct State {
    var now = Timestamp(milliseconds: 1_000_000)
    var sleepers: [Int: Timestamp] = [:]
    var next = 0
  }

  /// How often others get a chance to go on, or to go to sleep too, before the clock jumps.
  private static let patience = 40
  /// A jump this long could pass over much that others were to do: the system may have put their thread aside.
  private static let longJump: Duration = .milliseconds(500)

  private let state = Mutex(State())

  public init() {}

  public func now() -> Timestamp { state.withLock { $0.now } }

  public func advance(by span: Duration) { state.withLock { $0.now = $0.now + span } }

  public func sleep(for span: Duration) async throws {
    let (key, end) = state.withLock { state in
      state.next += 1
      let end = state.now + span
      state.sleepers[state.next] = end
      return (state.next, end)
    }
    defer { state.withLock { _ = $0.sleepers.removeValue(forKey: key) } }
    while now() < end {
      for _ in 1...Self.patience {
        try Task.checkCancellation()
        await Task.yield()
      }
      if now() + Self.longJump <= end { try await Task.sleep(for: .milliseconds(1)) }
      state.withLock { state in
        if state.sleepers.values.min() == end { state.now = max(state.now, end) }
      }
    }
    try Task.checkCancellation()
  }
}
