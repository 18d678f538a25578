/// `POST /v1/guests/{name}/backups`.
public struct BackupBody: Codable, Sendable, Hashable {
  /// Absolute path of a folder that is there; the guest's own folder is made in it.
  public var to: String
  /// Makes a full one also where an incremental one would do.
  public var full: Bool?
  /// One line.
  public var note: String?
  /// Bytes a second at most, such as `50MiB`.
  public var rate: String?

  public init(to: String, full: Bool? = nil, note: String? = nil, rate: String? = nil) {
    self.to = to
    self.full = full
    self.note = note
    self.rate = rate
  }
}

/// `POST /v1/backups/verify`.
public struct BackupVerifyBody: Codable, Sendable, Hashable {
  /// Absolute path of a guest's own folder of backups; so it is in the other bodies.
  public var folder: String
  /// One backup, with those that it stands on; nil is all.
  public var id: Int?

  public init(folder: String, id: Int? = nil) {
    self.folder = folder
    self.id = id
  }
}

/// `POST /v1/backups/restore`.
public struct BackupRestoreBody: Codable, Sendable, Hashable {
  public var folder: String
  /// Of the new guest.
  public var name: String
  /// Nil is the newest.
  public var id: Int?
  public var start: Bool?

  public init(folder: String, name: String, id: Int? = nil, start: Bool? = nil) {
    self.folder = folder
    self.name = name
    self.id = id
    self.start = start
  }
}

/// `POST /v1/backups/delete`.
public struct BackupDeleteBody: Codable, Sendable, Hashable {
  public var folder: String
  /// How many of the newest stay, with all that they stand on; nil is 1.
  public var keep: Int?
  /// Only says what would be removed.
  public var dryRun: Bool?

  public init(folder: String, keep: Int? = nil, dryRun: Bool? = nil) {
    self.folder = folder
    self.keep = keep
    self.dryRun = dryRun
  }
}
