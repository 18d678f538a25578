/// A guest's disk; one item of `GET /v1/disks`.
public struct DiskView: Codable, Sendable, Hashable {
  public var guest: String
  /// What the guest calls it.
  public var disk: String
  /// `persistent` or `ephemeral`.
  public var mode: String
  /// Bytes that the guest sees; so are all sizes. Null when the disk is not there.
  @ExplicitNull public var size: Int64?
  /// Bytes on the host of all layers and saved memories.
  public var used: Int64
  /// The pool that it lies in; null for a folder that is no pool.
  @ExplicitNull public var pool: String?
  /// The folder of its layers.
  public var folder: String
  public var snapshots: Int
  /// The template that its first layer stands on.
  public var template: String
  public var templateDigest: String
  /// From the one that the guest writes to down to the first; only in infos.
  public var layers: [LayerView]?

  /// A file that the disk is made of.
  public struct LayerView: Codable, Sendable, Hashable {
    public var number: Int
    public var file: String
    /// The layer that it stands on; null for the template's image.
    @ExplicitNull public var below: Int?
    @ExplicitNull public var snapshot: String?
    public var used: Int64
    /// Whether the guest writes to it.
    public var active: Bool

    public init(
      number: Int, file: String, below: Int?, snapshot: String?, used: Int64, active: Bool
    ) {
      self.number = number
      self.file = file
      self.below = below
      self.snapshot = snapshot
      self.used = used
      self.active = active
    }
  }

  public init(
    guest: String, disk: String, mode: String, size: Int64?, used: Int64, pool: String?,
    folder: String, snapshots: Int, template: String, templateDigest: String
  ) {
    self.guest = guest
    self.disk = disk
    self.mode = mode
    self.size = size
    self.used = used
    self.pool = pool
    self.folder = folder
    self.snapshots = snapshots
    self.template = template
    self.templateDigest = templateDigest
  }
}

/// What a move would do: `POST /v1/guests/{name}/disk/move` with `dryRun`.
public struct MoveView: Codable, Sendable, Hashable {
  public var schemaVersion = 1
  public var guest: String
  public var from: String
  public var to: String
  /// Bytes that would be copied.
  public var bytes: Int64
  /// Files that would be copied.
  public var files: Int
  /// Bytes that are free where they would lie.
  public var free: Int64
  /// Bytes a second that the place takes, as just measured, or the limit that was asked for.
  public var rate: Int64
  /// About how long it would take.
  public var seconds: Double

  public init(
    guest: String, from: String, to: String, bytes: Int64, files: Int, free: Int64, rate: Int64,
    seconds: Double
  ) {
    self.guest = guest
    self.from = from
    self.to = to
    self.bytes = bytes
    self.files = files
    self.free = free
    self.rate = rate
    self.seconds = seconds
  }
}
