/// Everything that may change one guest.
public enum GuestRequest: Hashable, Sendable {
  case start
  /// Asks the guest to power off and ends its machine at the deadline; `force` ends it at once.
  case stop(within: Duration, force: Bool)
  case restart(within: Duration, force: Bool)
  /// Removes the guest and its disk. `force` also interrupts what is under way.
  case delete(force: Bool)
  /// Drains a member, stops it, and removes it (or keeps it stopped when its disk is persistent).
  case retire(drainWithin: Duration, stopWithin: Duration)
  /// Takes a member back whose retirement has got no further than its drain.
  case undrain
  /// Puts a member that answers its health check behind its group's balancer.
  case serve
  /// Lets a standby run and puts it behind its group's balancer.
  case wake
  case snapshot(SnapshotRequest)
  case restore(RestoreRequest)
  case deleteSnapshot(Name)
  case moveDisk(MoveRequest)
  /// `from` is what the disk has now.
  case resizeDisk(to: ByteCount, from: ByteCount)
  case backup(BackupRequest)
  /// Has the disk hold all by itself.
  case flatten
  /// Has the disk stand on another version of its template, by the beginning of its digest; nil is the newest.
  case rebase(onto: String?)
  /// Writes the guest to a file, absolute path, that is not there.
  case export(to: String)
  /// Seals the guest's disk, or a snapshot of it, as a version of a template.
  case seal(as: Name, snapshot: Name?)
  /// Takes out layers that an operation left which failed.
  case tidy

  /// What requests are called.
  public enum Verb: String, Hashable, Sendable, CaseIterable {
    case start, stop, restart, delete, retire, undrain, serve, wake, snapshot, restore
    case deleteSnapshot = "delete-snapshot"
    case move, resize, backup, flatten, rebase, export, seal, tidy
  }

  public var verb: String { kind.rawValue }

  private var kind: Verb {
    switch self {
    case .start: .start
    case .stop: .stop
    case .restart: .restart
    case .delete: .delete
    case .retire: .retire
    case .undrain: .undrain
    case .serve: .serve
    case .wake: .wake
    case .snapshot: .snapshot
    case .restore: .restore
    case .deleteSnapshot: .deleteSnapshot
    case .moveDisk: .move
    case .resizeDisk: .resize
    case .backup: .backup
    case .flatten: .flatten
    case .rebase: .rebase
    case .export: .export
    case .seal: .seal
    case .tidy: .tidy
    }
  }

  /// Whether the same verb twice is the same wish twice; two snapshots are two.
  var isRepeatable: Bool {
    switch self {
    case .start, .stop, .restart, .delete, .retire, .undrain, .serve, .wake, .tidy, .flatten: true
    case .snapshot, .restore, .deleteSnapshot, .moveDisk, .resizeDisk, .export, .seal, .backup,
      .rebase:
      false
    }
  }
}

/// A disk that was some guest's already.
public struct AdoptedDisk: Hashable, Sendable {
  /// Absolute path of an overlay on the template.
  public let path: String
  /// The version of the template that it stands on.
  public let templateDigest: String

  public init(path: String, templateDigest: String) {
    self.path = path
    self.templateDigest = templateDigest
  }
}

/// A wish for a new guest.
public struct LaunchRequest: Hashable, Sendable {
  public let name: Name
  public let template: Name
  /// Digest of the version that is wanted; nil is the newest.
  public let version: String?
  public let group: Name?
  /// Nil takes the template's.
  public let cpus: Int?
  /// Nil takes the template's.
  public let memory: ByteCount?
  public let disk: DiskMode
  /// How long the guest may take to answer its health check; nil takes the template's.
  public let readyWithin: Duration?
  /// Leaves a guest that failed to become ready, so that it can be looked at.
  public let keepsFailed: Bool
  /// Boots also when the template is warm.
  public let boots: Bool
  /// Pauses the guest once it has answered, instead of letting it serve.
  public let isStandby: Bool
  /// How large its disk is made; nil takes the template's size. Such a guest boots: forks have their warm set's.
  public let diskSize: ByteCount?
  /// A file that becomes the guest's disk, instead of a new one on the template; the guest stays off.
  public let adopts: AdoptedDisk?
  /// A backup that the guest's disk is made of; the version of the template that it stands on is wanted then.
  public let restores: RestoredBackup?

  public init(
    name: Name, template: Name, version: String? = nil, group: Name? = nil, cpus: Int? = nil,
    memory: ByteCount? = nil,
    disk: DiskMode = .persistent, readyWithin: Duration? = nil, keepsFailed: Bool = false,
    boots: Bool = false, isStandby: Bool = false, diskSize: ByteCount? = nil,
    adopts: AdoptedDisk? = nil, restores: RestoredBackup? = nil
  ) {
    self.restores = restores
    self.adopts = adopts
    self.diskSize = diskSize
    self.name = name
    self.template = template
    self.version = version
    self.group = group
    self.cpus = cpus
    self.memory = memory
    self.disk = disk
    self.readyWithin = readyWithin
    self.keepsFailed = keepsFailed
    self.boots = boots
    self.isStandby = isStandby
  }
}
