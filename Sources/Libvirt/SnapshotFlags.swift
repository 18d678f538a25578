/// What a snapshot takes in and how it is taken (`virDomainSnapshotCreateFlags`).
public struct SnapshotFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Keep no record of it; the files are all that there is.
  public static let noMetadata = Self(rawValue: 1 << 2)
  /// End the domain when the snapshot is complete; not for transient domains.
  public static let halt = Self(rawValue: 1 << 3)
  /// Leave the memory out.
  public static let diskOnly = Self(rawValue: 1 << 4)
  /// Write into images that exist already, made with the right size and backing image.
  public static let reuseExternal = Self(rawValue: 1 << 5)
  /// Have the agent freeze the file systems meanwhile; only with `diskOnly`.
  public static let quiesce = Self(rawValue: 1 << 6)
  /// All disks or none.
  public static let atomic = Self(rawValue: 1 << 7)
  /// Let the guest run while its memory is written.
  public static let live = Self(rawValue: 1 << 8)
  /// Check the document against the schema first.
  public static let validate = Self(rawValue: 1 << 9)
}
