/// A snapshot of a guest; one item of `GET /v1/guests/{name}/snapshots`.
public struct SnapshotView: Codable, Sendable, Hashable {
  public var name: String
  public var guest: String
  /// The snapshot that its state went on from; null for one that went on from the template.
  @ExplicitNull public var parent: String?
  /// RFC 3339, UTC, with milliseconds.
  public var created: String
  /// `off`, `crash`, `file-system` or `memory`.
  public var consistency: String
  @ExplicitNull public var note: String?
  /// Bytes on disk of what changed since its parent; deleting it may free less, where other states need them.
  public var size: Int64
  /// Bytes on disk of its saved memory; null without.
  @ExplicitNull public var memory: Int64?
  /// Whether the guest's present state went on from it.
  public var current: Bool

  public init(
    name: String, guest: String, parent: String?, created: String, consistency: String,
    note: String?, size: Int64, memory: Int64?, current: Bool
  ) {
    self.name = name
    self.guest = guest
    self.parent = parent
    self.created = created
    self.consistency = consistency
    self.note = note
    self.size = size
    self.memory = memory
    self.current = current
  }
}

/// All snapshots of a guest, and what is not in any: `GET /v1/guests/{name}/snapshots`.
public struct SnapshotListView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  public var revision: Int
  /// Parents before children, in the order in which they were taken.
  public var items: [SnapshotView]
  /// Bytes on disk of what the guest wrote since the snapshot that it stands on.
  public var unsaved: Int64
  /// Bytes on disk that no snapshot names and several need.
  public var shared: Int64

  public init(revision: Int, items: [SnapshotView], unsaved: Int64, shared: Int64) {
    self.revision = revision
    self.items = items
    self.unsaved = unsaved
    self.shared = shared
  }
}

/// How much differs between two states of a guest's disk: `GET /v1/guests/{name}/snapshots/{snapshot}/diff?to=OTHER`.
public struct DifferenceView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  public var guest: String
  public var from: String
  /// Null is the guest's present state.
  @ExplicitNull public var to: String?
  /// Bytes of blocks that were written in one of the two and not in the other.
  public var changed: Int64
  /// Bytes of the whole disk, as the guest sees it.
  public var disk: Int64

  public init(guest: String, from: String, to: String?, changed: Int64, disk: Int64) {
    self.guest = guest
    self.from = from
    self.to = to
    self.changed = changed
    self.disk = disk
  }
}
