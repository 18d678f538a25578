/// A sealed template as the API shows it; one item of `GET /v1/templates`.
public struct TemplateView: Codable, Sendable, Hashable {
  public var name: String
  public var digest: String
  public var summary: String
  public var cpus: Int
  /// Bytes; so are all sizes.
  public var memory: Int64
  public var size: Int64
  public var ports: [Int]
  public var created: String
  /// Whether it is the newest version of its name.
  public var isNewest: Bool
  /// Names of the guests that stand on it.
  public var guests: [String]
  /// Names of the groups that launch from it.
  public var groups: [String]
  /// How its forks hear who they are: `channel`, `qemu-guest-agent`, or nil when they cannot.
  public var identity: String?
  /// What guests are forked from, one for each size.
  public var warm: [WarmView]?
  /// Digest of the template whose guest it was sealed from; nil where it was built or imported.
  public var base: String?
  /// `bios` or `uefi`, where guests boot from their disk.
  public var firmware: String?
  /// Whether guests get a disc for cloud-init.
  public var cloudInit: Bool?
  /// Only in infos.
  public var files: [FileView]?
  public var health: HealthView?
  /// How long its machines took from their start to their first answer, by kind.
  public var starts: [StartsView]?
  public var kernelArguments: String?

  /// A sealed file of the template.
  public struct FileView: Codable, Sendable, Hashable {
    public var role: String
    public var digest: String
    public var size: Int64

    public init(role: String, digest: String, size: Int64) {
      self.role = role
      self.digest = digest
      self.size = size
    }
  }

  /// When a guest of the template counts as ready.
  public struct HealthView: Codable, Sendable, Hashable {
    /// `http`, `tcp` or `agent`.
    public var kind: String?
    public var port: Int
    public var path: String
    public var within: String

    public init(port: Int, path: String, within: String) {
      self.port = port
      self.path = path
      self.within = within
    }
  }

  /// The latest starts of one kind.
  public struct StartsView: Codable, Sendable, Hashable {
    /// `boot` or `fork`.
    public var kind: String
    public var count: Int
    /// Durations such as `4.2s`: the middle one, and what 95 of 100 took.
    public var p50: String
    public var p95: String
    /// How long a start may take.
    public var grace: String
    /// Whether the grace is measured; else it is what the template says.
    public var measured: Bool

    public init(
      kind: String, count: Int, p50: String, p95: String, grace: String, measured: Bool
    ) {
      self.kind = kind
      self.count = count
      self.p50 = p50
      self.p95 = p95
      self.grace = grace
      self.measured = measured
    }
  }

  public init(
    name: String, digest: String, summary: String, cpus: Int, memory: Int64, size: Int64,
    ports: [Int], created: String, isNewest: Bool, guests: [String], groups: [String]
  ) {
    self.name = name
    self.digest = digest
    self.summary = summary
    self.cpus = cpus
    self.memory = memory
    self.size = size
    self.ports = ports
    self.created = created
    self.isNewest = isNewest
    self.guests = guests
    self.groups = groups
  }
}
