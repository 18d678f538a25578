/// What a plan that makes a backup carries from step to step.
public struct BackupTask: Hashable, Sendable, Codable {
  /// Absolute path of the guest's own folder of backups.
  public let folder: String
  public let series: String
  /// What the backup will be called.
  public let id: Int
  /// What libvirt is to remember changes by from this backup on. Unique, so that it also tells what an earlier try left.
  public let checkpoint: String
  /// The backup that it may stand on; nil makes a full one.
  public let parent: Parent?
  /// Why it is full where an incremental one was to be expected.
  public let reason: String?
  public let note: String?
  /// Bytes a second at most.
  public let rate: ByteCount?

  /// The backup that an incremental one stands on.
  public struct Parent: Hashable, Sendable, Codable {
    public let id: Int
    public let size: ByteCount
    public let virtualSize: ByteCount
    /// What a running machine remembers the changes since then by; nil when it does not, for `flaw`.
    public let mark: BackupMark?
    public let flaw: String?
  }
}

/// A backup that a new guest's disk is made of.
public struct BackupSource: Hashable, Sendable, Codable {
  /// Absolute path of the folder that holds it.
  public let folder: String
  public let id: Int
  public let digest: String
  public let virtualSize: ByteCount

  public init(folder: String, backup: Backup) {
    self.folder = folder
    id = backup.id
    digest = backup.digest
    virtualSize = backup.virtualSize
  }
}
