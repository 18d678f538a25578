/// How images of a chain are merged downwards (`virDomainBlockCommitFlags`).
public struct BlockCommitFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Without a base, merge into the image right below instead of the lowest one.
  public static let shallow = Self(rawValue: 1 << 0)
  /// Remove the images that were merged; QEMU's driver does it for local files.
  public static let delete = Self(rawValue: 1 << 1)
  /// Merge the image that the guest writes to, in two phases.
  public static let active = Self(rawValue: 1 << 2)
  /// Keep the names between images relative.
  public static let relative = Self(rawValue: 1 << 3)

  /// Bandwidths are bytes per second; always set here.
  static let bandwidthInBytes = Self(rawValue: 1 << 4)
}
