/// A sealed, never changing image and the description of the machine that boots it.
public struct Template: Hashable, Sendable, Codable {
  public let name: Name
  /// SHA-256 over the description and the digests of all files, in hexadecimal: the content address.
  public let digest: String
  public let summary: String
  public let machine: MachineSize
  /// Appended to the kernel's command line, where `{name}` and `{uuid}` stand for the guest's.
  public let kernelArguments: String
  public let balloon: MemoryBalloon
  /// By which way forks hear who they are; nil when they cannot.
  public let identity: IdentityCarrier?
  /// TCP ports that a guest serves.
  public let ports: [Int]
  public let health: HealthCheck
  /// The port at which a guest says how it is, to HAProxy's agent check and to covey; nil where it says nothing.
  public let reportPort: Int?
  public let files: [SealedFile]
  /// Digest of the template whose guest it was sealed from; nil where it was built or imported.
  public let base: String?
  /// What boots the disk by itself; nil where QEMU is given the kernel.
  public let firmware: Firmware?
  /// What cloud-init is told in each guest; nil where nothing is.
  public let cloudInit: CloudInit?
  public let created: Timestamp
  /// How long its machines took to answer; nil while none has.
  public internal(set) var starts: StartHistory?

  public init(
    name: Name, digest: String, summary: String, machine: MachineSize, kernelArguments: String,
    balloon: MemoryBalloon = .none, identity: IdentityCarrier? = nil, ports: [Int],
    health: HealthCheck, reportPort: Int? = nil, files: [SealedFile], base: String? = nil,
    firmware: Firmware? = nil,
    cloudInit: CloudInit? = nil, created: Timestamp
  ) {
    self.base = base
    self.firmware = firmware
    self.cloudInit = cloudInit
    self.name = name
    self.digest = digest
    self.summary = summary
    self.machine = machine
    self.kernelArguments = kernelArguments
    self.balloon = balloon
    self.identity = identity
    self.ports = ports
    self.health = health
    self.reportPort = reportPort
    self.files = files
    self.created = created
  }

  /// The first twelve digits of the digest: enough to tell versions apart, short enough to read.
  public var shortDigest: String { String(digest.prefix(12)) }

  mutating func noteStart(_ span: Duration, of kind: StartKind) {
    var history = starts ?? StartHistory()
    history.note(span, of: kind)
    if history != StartHistory() { starts = history }
  }

  /// Disk space of all sealed files together.
  public var size: ByteCount { files.reduce(ByteCount(bytes: 0)) { $0 + $1.size } }
}

/// One file of a sealed template.
public struct SealedFile: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable { case disk, kernel, initrd }

  public let role: Role
  /// SHA-256 of its bytes, in hexadecimal.
  public let digest: String
  public let size: ByteCount

  public init(role: Role, digest: String, size: ByteCount) {
    self.role = role
    self.digest = digest
    self.size = size
  }
}
