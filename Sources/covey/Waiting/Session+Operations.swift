import CoveyWire
import Foundation

extension Session {
  /// Waits for an operation with progress.
  ///
  /// - Throws: the operation's error; `deadline`; `Interrupted` that says how to find the operation again.
  func finish(_ operation: OperationView, by deadline: ContinuousClock.Instant) async throws
    -> OperationView
  {
    do {
      return try await ProgressBoard.run(in: self, deadline: deadline) { board in
        try await client.finish(operation, deadline: deadline) { board.show(ProgressUpdate($0)) }
      }
    } catch is CancellationError {
      throw Interrupted(
        signal: SIGINT,
        note: "\(operation.verb) of \(operation.subject) goes on in the daemon; "
          + "see: covey operations info \(operation.id)")
    }
  }

  /// Prints the identifier, for `--no-wait`.
  func showStarted(_ operation: OperationView) throws {
    try show(InfoView(operation)) { "\(operation.id)\n" }
  }

  /// Prints the identifiers, for `--no-wait` of a verb with several names.
  func showStarted(_ operations: [OperationView]) throws {
    try show(listed(operations)) { operations.map { "\($0.id)\n" }.joined() }
  }

  func listed(_ operations: [OperationView]) -> ListView<OperationView> {
    ListView(revision: operations.map(\.revision).max() ?? 0, items: operations)
  }
}
