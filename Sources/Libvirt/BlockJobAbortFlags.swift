/// How a long operation on a disk ends (`virDomainBlockJobAbortFlags`).
public struct BlockJobAbortFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Return at once; the end is reported by `.blockJob`.
  public static let async = Self(rawValue: 1 << 0)
  /// Go on with the copy, or with the base of an active commit, instead of giving it up.
  public static let pivot = Self(rawValue: 1 << 1)
}
