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

  public var verb: String {
    switch self {
    case .start: "start"
    case .stop: "stop"
    case .restart: "restart"
    case .delete: "delete"
    case .retire: "retire"
    case .serve: "serve"
    case .wake: "wake"
    case .snapshot: "snapshot"
    case .restore: "restore"
    case .deleteSnapshot: "delete-snapshot"
    case .moveDisk: "move"
    case .resizeDisk: "resize"
    }
  }

  /// Whether the same verb twice is the same wish twice; two snapshots are two.
  var isRepeatable: Bool {
    switch self {
    case .start, .stop, .restart, .delete, .retire, .serve, .wake: true
    case .snapshot, .restore, .deleteSnapshot, .moveDisk, .resizeDisk: false
    }
  }
}

/// A wish for a new guest.
public struct LaunchRequest: Hashable, Sendable {
  public let name: Name
  public let template: Name
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

  public init(
    name: Name, template: Name, group: Name? = nil, cpus: Int? = nil, memory: ByteCount? = nil,
    disk: DiskMode = .persistent, readyWithin: Duration? = nil, keepsFailed: Bool = false,
    boots: Bool = false, isStandby: Bool = false
  ) {
    self.name = name
    self.template = template
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
