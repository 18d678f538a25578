/// One backup of a guest's disk: a file, and what its folder's description says of it.
public struct Backup: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The file holds the whole disk.
    case full
    /// The file holds what changed since the backup that it stands on.
    case incremental
  }

  /// Counts up in its folder, from 1; none is used twice.
  public let id: Int
  /// The moment whose state it has.
  public let taken: Timestamp
  public let kind: Kind
  /// The backup that it stands on; nil for a full one.
  public let parent: Int?
  /// Bytes of the file.
  public let size: ByteCount
  /// SHA-256 of the file, in hexadecimal.
  public let digest: String
  /// What the guest sees.
  public let virtualSize: ByteCount
  public let consistency: Snapshot.Consistency
  /// From when on libvirt remembers what changes since; nil where the machine was off.
  public let checkpoint: String?
  public let guest: BackedUpGuest
  public let template: Name
  public let templateDigest: String
  public let note: String?
  /// Why it is full where an incremental one was to be expected.
  public let reason: String?

  public init(
    id: Int, taken: Timestamp, kind: Kind, parent: Int?, size: ByteCount, digest: String,
    virtualSize: ByteCount, consistency: Snapshot.Consistency, checkpoint: String?,
    guest: BackedUpGuest, template: Name, templateDigest: String, note: String?, reason: String?
  ) {
    self.id = id
    self.taken = taken
    self.kind = kind
    self.parent = parent
    self.size = size
    self.digest = digest
    self.virtualSize = virtualSize
    self.consistency = consistency
    self.checkpoint = checkpoint
    self.guest = guest
    self.template = template
    self.templateDigest = templateDigest
    self.note = note
    self.reason = reason
  }

  /// Its file's name in the folder.
  public var file: String { Self.file(id) }

  public static func file(_ id: Int) -> String { "\(id).qcow2" }
}

/// What a backup tells of the guest that it was made of.
public struct BackedUpGuest: Hashable, Sendable {
  public let name: Name
  public let uuid: String
  public let machine: MachineSize
  public let disk: DiskMode
  /// The ports that it serves, by its own numbers.
  public let ports: [Int]
  public let health: HealthCheck

  public init(
    name: Name, uuid: String, machine: MachineSize, disk: DiskMode, ports: [Int],
    health: HealthCheck
  ) {
    self.name = name
    self.uuid = uuid
    self.machine = machine
    self.disk = disk
    self.ports = ports
    self.health = health
  }

  public init(_ guest: Guest) {
    self.init(
      name: guest.name, uuid: guest.uuid, machine: guest.machine, disk: guest.disk,
      ports: guest.ports.map(\.guest), health: guest.health)
  }
}
