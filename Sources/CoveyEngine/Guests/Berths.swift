import Synchronization

/// Lets so many machines come up at once, first come, first served: more would only slow each other down, past the
/// deadlines of all.
final class Berths: Sendable {
  private struct State {
    var free: Int
    var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    var next = 0
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

  /// How many wait for a berth.
  var waiting: Int { state.withLock { $0.waiting.count } }

  /// Returns when a berth is free, which is then the caller's until it gives it back.
  ///
  /// - Throws: `CancellationError` when the caller's task is cancelled while it waits.
  func take() async throws {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isFree = state.withLock { state in
          guard state.free == 0 else {
            state.free -= 1
            return true
          }
          state.waiting.append((number, continuation))
          return false
        }
        if isFree { continuation.resume() }
        // The cancellation may have come before there was anything to withdraw.
        if Task.isCancelled { withdraw(number) }
      }
    } onCancel: {
      withdraw(number)
    }
  }

  func give() {
    let next = state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil as CheckedContinuation<Void, any Error>?
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume()
  }

  private func withdraw(_ number: Int) {
    let withdrawn = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    withdrawn?.continuation.resume(throwing: CancellationError())
  }
}
