/// Which of a domain's descriptions to return (`virDomainXMLFlags`).
public struct DomainXMLFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Include passwords; needs a connection that may write.
  public static let secure = Self(rawValue: 1 << 0)
  /// The one for the next start, not the running one.
  public static let inactive = Self(rawValue: 1 << 1)
  /// Spell out the processor's features.
  public static let updateCPU = Self(rawValue: 1 << 2)
  /// One that an older libvirt accepts.
  public static let migratable = Self(rawValue: 1 << 3)
}
