/// What the guests of a template would share: `GET /v1/templates/{name}/lint`.
public struct LintView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  public var template: String
  public var digest: String
  /// The worst first.
  public var findings: [FindingView]

  /// One thing that is shared, or that keeps the template from having forks.
  public struct FindingView: Codable, Sendable, Hashable {
    /// `error`, `warning` or `note`.
    public var severity: String
    public var what: String
    public var why: String
    /// What to do about it.
    public var mend: String

    public init(severity: String, what: String, why: String, mend: String) {
      self.severity = severity
      self.what = what
      self.why = why
      self.mend = mend
    }
  }

  public init(template: String, digest: String, findings: [FindingView]) {
    self.template = template
    self.digest = digest
    self.findings = findings
  }
}
