/// Which statistics to gather; none means all that the driver has (`virDomainStatsTypes`).
public struct StatisticsGroups: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// State and reason.
  public static let state = Self(rawValue: 1 << 0)
  /// Processor time.
  public static let cpu = Self(rawValue: 1 << 1)
  /// Memory.
  public static let balloon = Self(rawValue: 1 << 2)
  /// Each virtual processor.
  public static let vcpu = Self(rawValue: 1 << 3)
  /// Each network interface.
  public static let interface = Self(rawValue: 1 << 4)
  /// Each disk.
  public static let block = Self(rawValue: 1 << 5)
  /// Performance counters.
  public static let perf = Self(rawValue: 1 << 6)
  /// Each I/O thread.
  public static let ioThread = Self(rawValue: 1 << 7)
  /// Memory bandwidth.
  public static let memoryBandwidth = Self(rawValue: 1 << 8)
  /// How fast memory is written.
  public static let dirtyRate = Self(rawValue: 1 << 9)
  /// What the hypervisor itself counts.
  public static let hypervisor = Self(rawValue: 1 << 10)
}
