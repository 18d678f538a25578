/// What covey found out about its host, for `covey doctor`.
public struct HostReport: Hashable, Sendable, Codable {
  public let connect: String
  public let state: String
  public let versions: [String: String]
  public let accelerator: AcceleratorFinding
  /// Where covey's DNS answers, `ADDRESS:PORT`; nil while covey serves none.
  public let dns: Endpoint?
  public let addresses: AddressPool
  public let problems: [HostProblem]

  public init(
    connect: String, state: String, versions: [String: String], accelerator: AcceleratorFinding,
    dns: Endpoint?, addresses: AddressPool, problems: [HostProblem]
  ) {
    self.connect = connect
    self.state = state
    self.versions = versions
    self.accelerator = accelerator
    self.dns = dns
    self.addresses = addresses
    self.problems = problems
  }
}

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
