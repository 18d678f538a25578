/// Which ways of asking a guest to stop may be used (`virDomainShutdownFlagValues`).
///
/// None leaves it to the driver.
public struct ShutdownMode: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Press its power button.
  public static let powerButton = Self(rawValue: 1 << 0)
  /// Ask its agent.
  public static let agent = Self(rawValue: 1 << 1)
  /// Ask its init process; containers only.
  public static let initctl = Self(rawValue: 1 << 2)
  /// Signal its init process; containers only.
  public static let signal = Self(rawValue: 1 << 3)
  /// Ask its paravirtual kernel; Xen only.
  public static let paravirtual = Self(rawValue: 1 << 4)
}
