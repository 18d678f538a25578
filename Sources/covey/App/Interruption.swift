import Dispatch
import Foundation

/// A signal ended the command before its work was over.
struct Interrupted: Error {
  let signal: Int32
  /// What goes on without the command, and how to see it.
  let note: String

  /// As shells have it: 130 for Ctrl-C.
  var status: Int32 { 128 + signal }
}

/// Ctrl-C and its like as cancellation, so that every command can leave things in order.
enum Interruption {
  static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Runs the work until it ends or a signal comes; then it is cancelled and waited for.
  ///
  /// - Throws: the work's own error, or `Interrupted` after a signal; work that answers cancellation with an
  ///   `Interrupted` of its own keeps its note.
  static func race<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let (numbers, continuation) = AsyncStream.makeStream(of: Int32.self)
    let sources = listen { continuation.yield($0) }
    defer {
      for source in sources { source.cancel() }
      for number in signals { signal(number, SIG_DFL) }
    }
    return try await withThrowingTaskGroup(of: Outcome<Result>.self) { group in
      group.addTask { .done(try await work()) }
      group.addTask {
        for await number in numbers { return .signal(number) }
        return .quiet
      }
      defer { group.cancelAll() }
      var caught: Int32?
      while let outcome = await group.nextResult() {
        switch outcome {
        case .success(.done(let result)): return result
        case .success(.signal(let number)):
          caught = number
          group.cancelAll()
        case .success(.quiet): continue
        case .failure(let error):
          guard let caught else { throw error }
          throw Interrupted(signal: caught, note: (error as? Interrupted)?.note ?? "")
        }
      }
      throw CancellationError()
    }
  }

  /// What ended first.
  private enum Outcome<Result: Sendable>: Sendable {
    case done(Result)
    case signal(Int32)
    case quiet
  }

  private static func listen(_ heard: @escaping @Sendable (Int32) -> Void)
    -> [any DispatchSourceSignal]
  {
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
