/// How to start a domain (`virDomainCreateFlags`).
public struct DomainStartFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Create it with its processors stopped.
  public static let paused = Self(rawValue: 1 << 0)
  /// Destroy it when this connection ends; rarely what one wants.
  public static let destroyedWithConnection = Self(rawValue: 1 << 1)
  /// Read a saved state past the host's file cache.
  public static let bypassCache = Self(rawValue: 1 << 2)
  /// Boot even though a saved state exists.
  public static let forceBoot = Self(rawValue: 1 << 3)
  /// Check the document against the schema first.
  public static let validate = Self(rawValue: 1 << 4)
  /// Begin with fresh firmware variables.
  public static let resetNVRAM = Self(rawValue: 1 << 5)
}
