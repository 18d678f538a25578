/// Which domains to list (`virConnectListAllDomainsFlags`).
///
/// Within one group of alternatives any may match; across groups all must.
public struct DomainFilter: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// With a process.
  public static let active = Self(rawValue: 1 << 0)
  /// Without one.
  public static let inactive = Self(rawValue: 1 << 1)
  /// With a definition.
  public static let persistent = Self(rawValue: 1 << 2)
  /// Gone when they stop.
  public static let transient = Self(rawValue: 1 << 3)
  /// Running.
  public static let running = Self(rawValue: 1 << 4)
  /// Paused.
  public static let paused = Self(rawValue: 1 << 5)
  /// Off.
  public static let shutOff = Self(rawValue: 1 << 6)
  /// In any other state.
  public static let otherState = Self(rawValue: 1 << 7)
  /// With a saved state.
  public static let saved = Self(rawValue: 1 << 8)
  /// Without one.
  public static let notSaved = Self(rawValue: 1 << 9)
  /// Started with the host.
  public static let autostarted = Self(rawValue: 1 << 10)
  /// Not started with the host.
  public static let notAutostarted = Self(rawValue: 1 << 11)
  /// With snapshots.
  public static let withSnapshots = Self(rawValue: 1 << 12)
  /// Without snapshots.
  public static let withoutSnapshots = Self(rawValue: 1 << 13)
  /// With checkpoints.
  public static let withCheckpoints = Self(rawValue: 1 << 14)
  /// Without checkpoints.
  public static let withoutCheckpoints = Self(rawValue: 1 << 15)
  /// Every domain.
  public static let all: Self = []
}
