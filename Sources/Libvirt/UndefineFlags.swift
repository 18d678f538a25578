/// What may go together with a definition (`virDomainUndefineFlagsValues`).
public struct UndefineFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Remove a saved state as well; without it such a domain is refused.
  public static let managedSave = Self(rawValue: 1 << 0)
  /// Forget the snapshots; their data stays.
  public static let snapshotsMetadata = Self(rawValue: 1 << 1)
  /// Remove the firmware variables.
  public static let nvram = Self(rawValue: 1 << 2)
  /// Keep the firmware variables.
  public static let keepNVRAM = Self(rawValue: 1 << 3)
  /// Forget the checkpoints; their bitmaps stay.
  public static let checkpointsMetadata = Self(rawValue: 1 << 4)
  /// Remove the state of the TPM.
  public static let tpm = Self(rawValue: 1 << 5)
  /// Keep the state of the TPM.
  public static let keepTPM = Self(rawValue: 1 << 6)
}
