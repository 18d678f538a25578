import Synchronization

/// Where a connection's events split up: one way in from libvirt, one buffer per stream.
///
/// libvirt takes each callback function once per connection and kind of event, so streams
/// cannot each have callbacks of their own.
final class EventHub: Sendable {
  private struct State {
    var buffers: [Int: EventBuffer] = [:]
    var last = 0
    var ended: ClosureReason?
  }

  private let state = Mutex(State())

  /// Streams that somebody can read.
  var count: Int { state.withLock { $0.buffers.count } }

  /// Adds a stream; it ends at once when the connection has ended.
  func add(_ buffer: EventBuffer) -> Int {
    let (key, ended) = state.withLock { state in
      state.last += 1
      if state.ended == nil { state.buffers[state.last] = buffer }
      return (state.last, state.ended)
    }
    if let ended { buffer.finish { _ in .disconnected(ended) } }
    return key
  }

  /// Forgets a stream that nobody can read any more.
  func remove(_ key: Int) {
    state.withLock { $0.buffers.removeValue(forKey: key) }?.finish()
  }

  /// Passes an event on to every stream; never blocks.
  func push(_ entry: @escaping EventBuffer.Entry) {
    for buffer in state.withLock({ Array($0.buffers.values) }) { buffer.push(entry) }
  }

  /// Ends every stream, once; later reasons are ignored.
  func finish(_ reason: ClosureReason) {
    let buffers = state.withLock { state in
      guard state.ended == nil else { return [EventBuffer]() }
      state.ended = reason
      defer { state.buffers = [:] }
      return Array(state.buffers.values)
    }
    for buffer in buffers { buffer.finish { _ in .disconnected(reason) } }
  }
}
