import Synchronization

/// Those who wait to hear that something newer was published. Each hears at least of the newest.
///
/// Streams end on any thread, so the list is behind a lock instead of inside an actor.
final class Subscribers<News: Sendable>: Sendable {
  private struct State {
    var streams: [Int: AsyncStream<News>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  func add(buffering: AsyncStream<News>.Continuation.BufferingPolicy) -> AsyncStream<News> {
    let (stream, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: buffering)
    let key = state.withLock { state in
      state.next += 1
      state.streams[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.streams.removeValue(forKey: key) }
    }
    return stream
  }

  func publish(_ news: News) {
    // Outside the lock: whoever hears it may end its stream at once.
    for stream in state.withLock({ Array($0.streams.values) }) { stream.yield(news) }
  }
}
