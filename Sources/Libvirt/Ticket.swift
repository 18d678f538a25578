import Synchronization

/// One call on its way through a lane: it runs once or is withdrawn once, never both.
final class Ticket<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, LibvirtError>

  private enum State {
    case unattached
    case waiting(CheckedContinuation<Outcome, Never>)
    case settled
  }

  private let state = Mutex(State.unattached)
  private let body: @Sendable () throws(LibvirtError) -> Value

  init(_ body: @escaping @Sendable () throws(LibvirtError) -> Value) { self.body = body }

  /// Names the task that waits. Comes before any `perform`.
  func attach(_ continuation: CheckedContinuation<Outcome, Never>) {
    state.withLock { $0 = .waiting(continuation) }
  }

  /// Runs the body on the calling thread, unless the call was withdrawn, and wakes the task.
  @Sendable func perform() {
    guard let continuation = take() else { return }
    do throws(LibvirtError) {
      continuation.resume(returning: .success(try body()))
    } catch {
      continuation.resume(returning: .failure(error))
    }
  }

  /// Wakes the task with an error of this binding, unless the body has begun.
  func withdraw(_ code: LibvirtError.Code, _ reason: String) {
    take()?.resume(
      returning: .failure(LibvirtError(code: code, message: reason, function: "Libvirt")))
  }

  private func take() -> CheckedContinuation<Outcome, Never>? {
    state.withLock { state in
      guard case .waiting(let continuation) = state else { return nil }
      state = .settled
      return continuation
    }
  }
}
