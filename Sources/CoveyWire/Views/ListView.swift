/// A list of items, as every list route answers.
public struct ListView<Item: Codable & Sendable>: Codable, Sendable {
  public var schemaVersion = 1
  /// The inventory's revision when this was read; pass it as `after` to wait for news.
  public var revision: Int
  public var items: [Item]

  public init(revision: Int, items: [Item]) {
    self.revision = revision
    self.items = items
  }
}

/// The last lines of a guest's console.
public struct LogView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  public var guest: String
  public var lines: [String]

  public init(guest: String, lines: [String]) {
    self.guest = guest
    self.lines = lines
  }
}

/// What an applied document did, or would do: `POST /v1/apply`.
public struct ApplyView: Codable, Sendable, Hashable {
  public struct Change: Codable, Sendable, Hashable {
    /// `group web`.
    public var subject: String
    /// `created`, `changed` or `unchanged`.
    public var what: String
    /// Fields that differ, as `min: 1 -> 2`.
    public var fields: [String]

    public init(subject: String, what: String, fields: [String]) {
      self.subject = subject
      self.what = what
      self.fields = fields
    }
  }

  public var schemaVersion = 1
  /// True when nothing was changed because only a plan was asked for.
  public var dryRun: Bool
  public var changes: [Change]

  public init(dryRun: Bool, changes: [Change]) {
    self.dryRun = dryRun
    self.changes = changes
  }
}
