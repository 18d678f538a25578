import Dispatch
import Foundation

/// Ctrl-C and its like, heard instead of dying of them.
enum Interruption {
  static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Runs the work; at a signal it is cancelled and waited for.
  ///
  /// - Throws: the work's own error, or `Interrupted` after a signal.
  static func race<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let (numbers, continuation) = AsyncStream.makeStream(of: Int32.self)
    let sources = listen { continuation.yield($0) }
    defer { for source in sources { source.cancel() } }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        for await _ in numbers { return nil }
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        group.cancelAll()
        _ = await group.nextResult()
        throw Interrupted()
      }
      return result
    }
  }

  /// Calls back for each signal, until the sources are cancelled.
  static func listen(_ heard: @escaping @Sendable (Int32) -> Void) -> [any DispatchSourceSignal] {
    signals.map { number in
      // Ignored as a signal, it still reaches the source.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { heard(number) }
      source.resume()
      return source
    }
  }
}

/// A signal ended the measuring before its time.
struct Interrupted: Error, CustomStringConvertible {
  var description: String { "interrupted" }
}
