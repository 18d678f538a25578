import Foundation
import Synchronization

extension HostFiles {
  /// Runs a body that may block for long, such as on a share whose server is away, on a thread of its own: the few threads that
  /// all tasks share go on meanwhile.
  ///
  /// A cancelled task waits for it all the same, since nothing can take such a call back.
  ///
  /// - `body`: gets a question, whether the task was cancelled.
  static func apart<Value: Sendable>(
    _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Value
  ) async throws -> Value {
    let flag = Flag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(with: Result { try body { flag.isUp.withLock(\.self) } })
        }
      }
    } onCancel: {
      flag.isUp.withLock { $0 = true }
    }
  }

  private final class Flag: Sendable {
    let isUp = Mutex(false)
  }
}
