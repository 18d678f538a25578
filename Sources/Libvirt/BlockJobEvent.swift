/// A change in a long operation on a disk (`VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2`).
public struct BlockJobEvent: Sendable, Hashable {
  /// The disk's target, for example `vda`.
  public let disk: String
  public let kind: Kind
  public let status: Status

  /// What the operation does (`virDomainBlockJobType`).
  public enum Kind: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case pull = 1
    case copy = 2
    case commit = 3
    case activeCommit = 4
    case backup = 5
  }

  /// How far it is (`virConnectDomainEventBlockJobStatus`).
  public enum Status: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case completed = 0
    case failed = 1
    case canceled = 2
    case ready = 3
  }
}
