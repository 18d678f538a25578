/// What a change applies to (`virDomainModificationImpact`).
///
/// Nothing means the state that the domain is in.
public struct ModificationImpact: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The running domain.
  public static let live = Self(rawValue: 1 << 0)
  /// The persistent definition, from its next start on.
  public static let config = Self(rawValue: 1 << 1)
}
