/// A guest as the API shows it; one item of `GET /v1/guests`.
public struct GuestView: Codable, Sendable, Hashable {
  public var name: String
  /// `defined starting running serving draining standby stopping stopped failed unknown`.
  public var state: String
  public var template: String
  public var templateDigest: String
  /// Always present in JSON; null for a guest that is in no group.
  @ExplicitNull public var group: String?
  public var address: String
  public var ports: [PortView]
  /// `persistent` or `ephemeral`.
  public var disk: String
  public var uuid: String
  /// `boot`, `fork` or `standby`.
  public var start: String
  public var cpus: Int
  /// Bytes.
  public var memory: Int64
  /// Why it is in its state, where that needs a reason.
  public var reason: String?
  /// The verb that is under way.
  public var operation: String?
  /// RFC 3339, UTC, with milliseconds; so are all times.
  public var created: String
  public var startedAt: String?
  public var readyAt: String?
  public var servingAt: String?
  public var firstServedAt: String?
  /// False for a guest that counts as ready once its machine runs, as its template has no health check.
  public var isAsked: Bool?
  /// Percent of its virtual CPUs; nil while unmeasured.
  public var cpuPercent: Double?
  /// Host memory of its process in bytes; nil while unmeasured.
  public var memoryUsed: Int64?
  /// Bytes that its overlay takes on disk; only in infos.
  public var diskUsed: Int64?
  /// Path of its console's Unix socket; only in infos.
  public var console: String?
  /// Path of the file that keeps what it wrote to its console; only in infos.
  public var log: String?

  public init(
    name: String, state: String, template: String, templateDigest: String, group: String?,
    address: String, ports: [PortView], disk: String, uuid: String, start: String, cpus: Int,
    memory: Int64, created: String
  ) {
    self.name = name
    self.state = state
    self.template = template
    self.templateDigest = templateDigest
    self.group = group
    self.address = address
    self.ports = ports
    self.disk = disk
    self.uuid = uuid
    self.start = start
    self.cpus = cpus
    self.memory = memory
    self.created = created
  }
}

/// A port of a guest and where its address offers it.
public struct PortView: Codable, Sendable, Hashable {
  public var guest: Int
  public var host: Int
  /// Why the two differ; nil when they do not.
  public var note: String?

  public init(guest: Int, host: Int, note: String?) {
    self.guest = guest
    self.host = host
    self.note = note
  }
}
