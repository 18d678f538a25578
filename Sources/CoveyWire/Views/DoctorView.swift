/// What covey found out about its host: `GET /v1/doctor`.
public struct DoctorView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  /// `kvm` or `tcg`.
  public var accelerator: String
  /// What shows it, in words.
  public var acceleratorEvidence: String
  public var acceleratorSettled: Bool
  /// The libvirt connection.
  public var connect: String
  /// The state folder.
  public var state: String
  public var socket: String
  /// `ADDRESS:PORT` of covey's DNS; nil while it serves none.
  @ExplicitNull public var dns: String?
  /// The domain of its names; nil from an older daemon.
  public var domain: String?
  /// The pool of guests' addresses, in words.
  public var addresses: String
  /// By program: covey, libvirt, qemu, haproxy, kernel.
  public var versions: [String: String]
  public var problems: [ProblemView]

  /// Something that is missing or wrong.
  public struct ProblemView: Codable, Sendable, Hashable {
    /// `error` or `warning`.
    public var severity: String
    public var what: String
    /// How to mend it.
    public var mend: String

    public init(severity: String, what: String, mend: String) {
      self.severity = severity
      self.what = what
      self.mend = mend
    }
  }

  public init(
    accelerator: String, acceleratorEvidence: String, acceleratorSettled: Bool, connect: String,
    state: String, socket: String, dns: String?, domain: String? = nil, addresses: String,
    versions: [String: String],
    problems: [ProblemView]
  ) {
    self.accelerator = accelerator
    self.acceleratorEvidence = acceleratorEvidence
    self.acceleratorSettled = acceleratorSettled
    self.connect = connect
    self.state = state
    self.socket = socket
    self.dns = dns
    self.domain = domain
    self.addresses = addresses
    self.versions = versions
    self.problems = problems
  }
}
