/// What a user is told when something cannot be done.
public struct ErrorView: Codable, Sendable, Hashable, Error {
  /// One of `ErrorTable.rows`.
  public var code: String
  public var message: String
  public var subject: String
  /// What to do next.
  public var hint: String

  public init(code: String, message: String, subject: String, hint: String) {
    self.code = code
    self.message = message
    self.subject = subject
    self.hint = hint
  }
}

/// The body of every answer that is not a success, and of standard error with `--format json`.
public struct ErrorBody: Codable, Sendable, Hashable {
  public var error: ErrorView

  public init(error: ErrorView) { self.error = error }
}
