import Glibc
import NIOPosix

/// Runs calls that block on threads kept for that, never on the cooperative pool.
enum Blocking {
  /// Always runs the body to its end, in a cancelled task too: it also cleans up.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      // The singleton pool is never shut down, so its state is always active.
      NIOThreadPool.singleton.submit { _ in
        continuation.resume(with: Result { try body() })
      }
    }
  }
}

/// The system's words for an error number.
enum SystemReason {
  /// Safe on any thread: glibc keeps the text per thread since 2.32.
  static func text(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }
}
