/// One thing that guests of a template would share, or that keeps it from having forks.
public struct TemplateFinding: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// Forks are refused, or guests share a secret.
    case error
    /// Guests that boot share it, although forks may not.
    case warning
    /// Nothing that covey can mend.
    case note
  }

  public let severity: Severity
  /// What is shared or missing, as a clause without a full stop; so are the others.
  public let what: String
  public let why: String
  /// What to do about it.
  public let mend: String

  public init(_ severity: Severity, _ what: String, why: String, mend: String) {
    self.severity = severity
    self.what = what
    self.why = why
    self.mend = mend
  }
}
