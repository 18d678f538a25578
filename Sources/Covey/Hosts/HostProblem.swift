/// Something that is missing or wrong on the host, and how to mend it.
public struct HostProblem: Hashable, Sendable, Codable {
  public enum Severity: String, Hashable, Sendable, Codable {
    /// Some command cannot work.
    case error
    /// Everything works, but slower or less safely than it could.
    case warning
  }

  public let severity: Severity
  public let what: String
  public let mend: String

  public init(_ severity: Severity, _ what: String, mend: String) {
    self.severity = severity
    self.what = what
    self.mend = mend
  }
}
