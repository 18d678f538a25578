import CLibvirt

/// How far a domain's job is, or how the last one went (`virDomainGetJobStats`).
///
/// A value is nil when the driver did not report it. The values of `.jobCompleted` make one too.
public struct JobProgress: Sendable, Hashable {
  public let type: Kind
  /// Every value under libvirt's own name, for example `disk_temp_used`.
  public let raw: [String: TypedValue]

  /// Builds one of reported values.
  public init(type: Kind, raw: [String: TypedValue]) {
    self.type = type
    self.raw = raw
  }

  /// Whether it runs or how it ended (`virDomainJobType`).
  public enum Kind: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case none = 0
    case bounded = 1
    case unbounded = 2
    case completed = 3
    case failed = 4
    case cancelled = 5
  }

  /// What the job does (`virDomainJobOperation`).
  public enum Operation: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case start = 1
    case save = 2
    case restore = 3
    case migrationIn = 4
    case migrationOut = 5
    case snapshot = 6
    case snapshotRevert = 7
    case dump = 8
    case backup = 9
    case snapshotDelete = 10
  }

  /// Bytes of one sort.
  public struct Amount: Sendable, Hashable {
    public let processed: UInt64
    public let remaining: UInt64
    /// At least the sum of both for jobs with a known end; others revise it.
    public let total: UInt64

    public init(processed: UInt64, remaining: UInt64, total: UInt64) {
      self.processed = processed
      self.remaining = remaining
      self.total = total
    }
  }

  public var operation: Operation {
    .init(code: raw[VIR_DOMAIN_JOB_OPERATION]?.signed.map(Int32.init(clamping:)) ?? 0)
  }
  /// Since the job began.
  public var elapsed: Duration? { duration(VIR_DOMAIN_JOB_TIME_ELAPSED) }
  /// The rest, as libvirt estimates it; zero when it does not.
  public var remaining: Duration? { duration(VIR_DOMAIN_JOB_TIME_REMAINING) }
  /// Memory and disks together.
  public var data: Amount? { amount("data") }
  public var memory: Amount? { amount("memory") }
  public var disk: Amount? { amount("disk") }
  /// Whether a job that has ended did what it should.
  public var succeeded: Bool? {
    guard case .boolean(let value)? = raw[VIR_DOMAIN_JOB_SUCCESS] else { return nil }
    return value
  }
  /// Why a job that has ended failed, in libvirt's words.
  public var errorMessage: String? { raw[VIR_DOMAIN_JOB_ERRMSG]?.text }

  private func duration(_ key: String) -> Duration? {
    raw[key]?.unsigned.map { .milliseconds(Int64(clamping: $0)) }
  }

  private func amount(_ sort: String) -> Amount? {
    guard let processed = raw["\(sort)_processed"]?.unsigned,
      let remaining = raw["\(sort)_remaining"]?.unsigned,
      let total = raw["\(sort)_total"]?.unsigned
    else { return nil }
    return Amount(processed: processed, remaining: remaining, total: total)
  }
}
