/// What a user is told when something cannot be done: what failed, on which object, why, and what to do next.
public struct Problem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  public let code: Code
  /// The object it is about, such as `guest web-3`; empty when there is none.
  public let subject: String
  /// One sentence with the reason, without a full stop.
  public let message: String
  /// What the user can do next; empty only for internal errors.
  public let hint: String

  public init(_ code: Code, subject: String = "", _ message: String, hint: String = "") {
    self.code = code
    self.subject = subject
    self.message = message
    self.hint = hint
  }

  /// The few classes of problems; each has one HTTP status and one exit status (`CoveyWire.ErrorTable`).
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// The request can never work as written.
    case invalid
    case notFound = "not-found"
    case exists
    /// Something else stands on the object or uses it.
    case inUse = "in-use"
    /// The object is busy or in a state that forbids the request; it may work later.
    case conflict
    /// A limit that covey keeps, such as a group's maximum.
    case limit
    case unsupported
    /// A part that covey needs is missing or does not answer.
    case unavailable
    case noSpace = "no-space"
    /// A sealed file is not what was sealed.
    case altered
    /// What was saved no longer fits what would resume it.
    case outdated
    case deadline
    /// The outcome of an action could not be learnt.
    case unknownOutcome = "unknown-outcome"
    case cancelled
    case `internal`
  }

  public var description: String {
    hint.isEmpty ? "\(message) (\(code.rawValue))" : "\(message) (\(code.rawValue)); \(hint)"
  }
}
