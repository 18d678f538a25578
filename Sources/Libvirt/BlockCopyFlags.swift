/// How a disk is copied (`virDomainBlockCopyFlags`).
public struct BlockCopyFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Copy the topmost image only; the copy shares the images below it.
  public static let shallow = Self(rawValue: 1 << 0)
  /// Write into an image that exists already.
  public static let reuseExternal = Self(rawValue: 1 << 1)
  /// Accept that the copy is lost when the domain stops.
  public static let transientJob = Self(rawValue: 1 << 2)
  /// Acknowledge the guest's writes when both images have them, so that the copy catches up.
  public static let synchronousWrites = Self(rawValue: 1 << 3)
}
