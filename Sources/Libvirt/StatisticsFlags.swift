/// Whose statistics to gather and how (`virConnectGetAllDomainStatsFlags`).
///
/// Without any, of all domains.
public struct StatisticsFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Only domains that run.
  public static let active = Self(rawValue: 1 << 0)
  /// Only domains that do not.
  public static let inactive = Self(rawValue: 1 << 1)
  /// Only domains with a definition.
  public static let persistent = Self(rawValue: 1 << 2)
  /// Only domains without one.
  public static let transient = Self(rawValue: 1 << 3)
  /// Leave out what would wait for a job.
  public static let noWait = Self(rawValue: 1 << 29)
  /// Report every image of a disk's chain.
  public static let backing = Self(rawValue: 1 << 30)
  /// Fail when a group is not supported.
  public static let enforce = Self(rawValue: 1 << 31)
}
