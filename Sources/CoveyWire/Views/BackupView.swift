/// A backup of a guest's disk; one item of `GET /v1/backups`.
public struct BackupView: Codable, Sendable, Hashable {
  public var guest: String
  /// Absolute path of the guest's own folder of backups.
  public var folder: String
  public var id: Int
  /// The moment whose state it has: RFC 3339, UTC, with milliseconds.
  public var taken: String
  /// `full` or `incremental`.
  public var kind: String
  /// The backup that it stands on; null for a full one.
  @ExplicitNull public var parent: Int?
  /// Its file's name in the folder.
  public var file: String
  /// Bytes of the file.
  public var size: Int64
  /// SHA-256 of the file, in hexadecimal.
  public var sha256: String
  /// Bytes that the guest sees.
  public var virtualSize: Int64
  /// `off`, `crash` or `file-system`.
  public var consistency: String
  @ExplicitNull public var checkpoint: String?
  public var uuid: String
  public var cpus: Int
  public var memory: Int64
  public var template: String
  public var templateDigest: String
  @ExplicitNull public var note: String?
  /// Why it is full where an incremental one was to be expected.
  @ExplicitNull public var reason: String?

  public init(
    guest: String, folder: String, id: Int, taken: String, kind: String, parent: Int?,
    file: String, size: Int64, sha256: String, virtualSize: Int64, consistency: String,
    checkpoint: String?, uuid: String, cpus: Int, memory: Int64, template: String,
    templateDigest: String, note: String?, reason: String?
  ) {
    self.guest = guest
    self.folder = folder
    self.id = id
    self.taken = taken
    self.kind = kind
    self.parent = parent
    self.file = file
    self.size = size
    self.sha256 = sha256
    self.virtualSize = virtualSize
    self.consistency = consistency
    self.checkpoint = checkpoint
    self.uuid = uuid
    self.cpus = cpus
    self.memory = memory
    self.template = template
    self.templateDigest = templateDigest
    self.note = note
    self.reason = reason
  }
}

/// What a removal of old backups did, or would do: `POST /v1/backups/delete`.
public struct BackupPruneView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  /// True when nothing was removed because only a plan was asked for.
  public var dryRun: Bool
  public var removed: [BackupView]
  public var kept: [BackupView]
  /// Bytes of the files that were removed.
  public var freed: Int64

  public init(dryRun: Bool, removed: [BackupView], kept: [BackupView]) {
    self.dryRun = dryRun
    self.removed = removed
    self.kept = kept
    freed = removed.map(\.size).reduce(0, +)
  }
}
