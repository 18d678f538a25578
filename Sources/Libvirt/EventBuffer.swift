import Synchronization

/// The bounded buffer between libvirt's event thread and the task that reads a stream.
///
/// The producer never waits. When the reader is too slow, new events are counted instead of
/// kept, and the count takes their place in the order, so that the reader learns where the gap
/// is. The end may be accompanied by one last event, which is always kept.
final class EventBuffer: Sendable {
  typealias Entry = @Sendable (Connection) -> DomainEvent

  private typealias Reader = (id: Int, continuation: CheckedContinuation<Entry?, Never>)

  private enum Slot {
    case event(Entry)
    case gap(Int)
  }

  private struct State {
    var slots: [Slot] = []
    var readers: [Reader] = []
    var nextReader = 0
    var ended = false
  }

  private let state = Mutex(State())
  private let capacity: Int

  /// - Parameter capacity: events kept for the reader, at least 1.
  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Offers one event; never blocks. Ignored after the end.
  func push(_ entry: @escaping Entry) {
    let reader = state.withLock { state -> CheckedContinuation<Entry?, Never>? in
      guard !state.ended else { return nil }
      if !state.readers.isEmpty { return state.readers.removeFirst().continuation }
      if state.slots.count < capacity {
        state.slots.append(.event(entry))
      } else if case .gap(let missed) = state.slots.last {
        state.slots[state.slots.count - 1] = .gap(missed + 1)
      } else {
        state.slots.append(.gap(1))
      }
      return nil
    }
    reader?.resume(returning: entry)
  }

  /// Ends the stream once what is buffered has been read; `last` is read before the end.
  func finish(_ last: Entry? = nil) {
    let readers = state.withLock { state in
      guard !state.ended else { return [Reader]() }
      state.ended = true
      if let last { state.slots.append(.event(last)) }
      defer { state.readers = [] }
      return state.readers
    }
    for (index, reader) in readers.enumerated() {
      // Readers only wait while nothing is buffered, so `last` is the one slot there can be.
      reader.continuation.resume(returning: index == 0 ? takeFirst() : nil)
    }
  }

  /// The next event, or nil at the end or when the reading task is cancelled.
  func next() async -> Entry? {
    let id = state.withLock { state in
      state.nextReader += 1
      return state.nextReader
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state -> Entry?? in
          if let entry = Self.takeFirst(&state) { return .some(entry) }
          if state.ended || Task.isCancelled { return .some(nil) }
          state.readers.append((id, continuation))
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      let reader = state.withLock { state in
        let index = state.readers.firstIndex { $0.id == id }
        return index.map { state.readers.remove(at: $0).continuation }
      }
      reader?.resume(returning: nil)
    }
  }

  private func takeFirst() -> Entry? { state.withLock { Self.takeFirst(&$0) } }

  private static func takeFirst(_ state: inout State) -> Entry? {
    guard !state.slots.isEmpty else { return nil }
    switch state.slots.removeFirst() {
    case .event(let entry): return entry
    case .gap(let missed): return { _ in .missed(missed) }
    }
  }
}
