/// A template's machine as it was once it served: memory, device state and disk, sealed together. Guests are forked from it.
///
/// The template never runs again on this memory, and a fork only reads it: what a fork writes is its own.
public struct WarmSet: Hashable, Sendable, Codable {
  /// SHA-256 over its description, in hexadecimal: the content address.
  public let id: String
  public let template: Name
  public let templateDigest: String
  /// Forks have just this size: it is part of what was saved.
  public let machine: MachineSize
  public let fingerprint: Fingerprint
  public let files: [WarmFile]
  /// How long the template took from its start to its first answer: what each fork is spared.
  public let bootTime: Duration
  public let created: Timestamp
  /// Forks in a row that failed with it.
  public private(set) var failures = 0
  /// Why no guest is forked from it any more; nil while it is good.
  public private(set) var refusal: Problem?

  public init(
    id: String, template: Name, templateDigest: String, machine: MachineSize,
    fingerprint: Fingerprint, files: [WarmFile], bootTime: Duration, created: Timestamp
  ) {
    self.id = id
    self.template = template
    self.templateDigest = templateDigest
    self.machine = machine
    self.fingerprint = fingerprint
    self.files = files
    self.bootTime = bootTime
    self.created = created
  }

  public var shortID: String { String(id.prefix(12)) }

  /// After so many failures in a row no fork is tried any more.
  public static let failuresAllowed = 3

  /// Takes note of a fork that failed.
  ///
  /// What can never get better refuses the set at once; a host without room says nothing about the set.
  public mutating func forkFailed(_ problem: Problem) {
    switch problem.code {
    case .noSpace, .cancelled: return
    case .altered, .outdated, .notFound: refusal = refusal ?? problem
    default:
      failures += 1
      if failures >= Self.failuresAllowed { refusal = refusal ?? problem }
    }
  }

  public mutating func forkSucceeded() { failures = 0 }

  public mutating func refuse(_ problem: Problem) { refusal = problem }
}
