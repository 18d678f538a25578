/// How a checkpoint is made (`virDomainCheckpointCreateFlags`).
public struct CheckpointFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Only record again what the images hold already.
  public static let redefine = Self(rawValue: 1 << 0)
  /// Have the agent freeze the file systems meanwhile; not with `redefine`.
  public static let quiesce = Self(rawValue: 1 << 1)
  /// With `redefine`, check that the images hold it; the domain may have to run.
  public static let validate = Self(rawValue: 1 << 2)
}
