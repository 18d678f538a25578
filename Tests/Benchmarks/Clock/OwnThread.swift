import Foundation
import Synchronization

/// Work that blocks, on a thread of its own, so that the pool stays free for what is measured.
enum OwnThread {
  /// Whether the caller still waits.
  final class Mood: Sendable {
    private let cancelled = Atomic(false)
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    func cancel() { cancelled.store(true, ordering: .relaxed) }
  }

  /// - Parameter work: looks at the mood now and then, and ends soon after it is cancelled.
  static func run<Result: Sendable>(
    _ work: @escaping @Sendable (Mood) throws -> Result
  ) async throws -> Result {
    let mood = Mood()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try work(mood) }) }.start()
      }
    } onCancel: {
      mood.cancel()
    }
  }
}
