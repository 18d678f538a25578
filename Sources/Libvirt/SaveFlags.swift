/// How a domain is saved to a file and restored from it (`virDomainSaveRestoreFlags`).
public struct SaveFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Write or read past the host's file cache.
  public static let bypassCache = Self(rawValue: 1 << 0)
  /// Let it run after it was restored, whatever it did before.
  public static let running = Self(rawValue: 1 << 1)
  /// Keep it paused after it was restored.
  public static let paused = Self(rawValue: 1 << 2)
}
