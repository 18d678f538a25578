import Covey

/// Time, so that rules and the engine are tested without sleeping.
public protocol TimeSource: Sendable {
  func now() -> Timestamp
  /// Returns early, by throwing, when the task is cancelled.
  func sleep(for span: Duration) async throws
}

/// Identifiers and randomness.
public protocol Identifiers: Sendable {
  /// A fresh lower-case UUID.
  func uuid() -> String
  /// A fresh operation identifier; later ones sort after earlier ones.
  func operation() -> Operation.Identifier
}
