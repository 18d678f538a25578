/// One virtual machine that covey owns.
public struct Guest: Hashable, Sendable, Codable {
  public let name: Name
  /// Lower-case UUID, the same in libvirt.
  public let uuid: String
  public let template: Name
  /// Content address of the sealed template that its disk stands on.
  public internal(set) var templateDigest: String
  /// The group it is a member of.
  public let group: Name?
  public let machine: MachineSize
  public let disk: DiskMode
  /// Its own loopback address.
  public let address: IPv4Address
  public let ports: [PortMapping]
  /// What shows that it serves; from its template, so that it outlives the template's record.
  public let health: HealthCheck
  public let created: Timestamp

  public var state: GuestState
  /// How the running machine came to be.
  public var start: StartKind = .boot
  /// Why it is in its state, when that needs a reason.
  public var reason: String?
  /// When its machine was last started.
  public var startedAt: Timestamp?
  /// When it first answered its health check after that start.
  public var readyAt: Timestamp?
  /// When the balancer was first told to send it traffic after that start.
  public var servingAt: Timestamp?
  /// When the balancer was first seen to have passed it a request after that start.
  public var firstServedAt: Timestamp?
  /// Nil in records from before disks had layers.
  private var tree: DiskTree?
  /// How large its disk is made; nil takes the template's size.
  public let diskSize: ByteCount?
  /// What starts the system on its disk; nil where QEMU is given the kernel.
  public let firmware: Firmware?
  /// Whether its disk was some guest's before it was this one's; nil is false.
  private let adopted: Bool?
  /// Nil is false, as in records from before members could be stopped.
  private var aside: Bool?

  /// Whether its system was seen to power its machine off after it ran last; nil is not seen, and in older records not noted.
  private var poweredOff: Bool?

  /// Whether its disk is as after a power cut: a machine wrote to it, and was not seen to be powered off by its system.
  public var endedHard: Bool { startedAt != nil && poweredOff != true }
  /// What a state of its disk has while no machine uses it.
  public var consistencyAtRest: Snapshot.Consistency { endedHard ? .crash : .off }

  /// The files that its disk is made of, and its snapshots.
  public var disks: DiskTree {
    get { tree ?? DiskTree() }
    set { tree = newValue }
  }

  /// Why a member with a persistent disk is stopped that its group needs no more.
  static let keptReason = "scaled in; its disk is kept, and it starts again when its group grows"

  /// Why a member is off that was stopped by hand.
  static let asideReason = "stopped by its owner; its group starts it when it is resumed"

  /// Whether its owner stopped it while its group was paused, which has neither started it since nor been resumed.
  public internal(set) var isAside: Bool {
    get { aside ?? false }
    set { aside = newValue ? true : nil }
  }

  /// Whether its disk must be there when it starts: a blank one in its place would hide a loss.
  var hasOwnData: Bool { startedAt != nil || adopted == true }

  public init(
    name: Name, uuid: String, template: Template, group: Name?, machine: MachineSize,
    disk: DiskMode, address: IPv4Address, ports: [PortMapping], health: HealthCheck,
    diskSize: ByteCount? = nil, isAdopted: Bool = false, created: Timestamp
  ) {
    self.diskSize = diskSize
    self.firmware = template.firmware
    self.adopted = isAdopted ? true : nil
    self.name = name
    self.uuid = uuid
    self.template = template.name
    self.templateDigest = template.digest
    self.group = group
    self.machine = machine
    self.disk = disk
    self.address = address
    self.ports = ports
    self.health = health
    self.created = created
    self.state = .defined
  }

  mutating func note(poweredOff isPoweredOff: Bool) { poweredOff = isPoweredOff ? true : nil }

  /// Folds what happened to its disk into the record. How its machine ended is known only once it has.
  mutating func apply(_ change: DiskChange, at now: Timestamp) {
    var change = change
    if case .restored(let name, let layer, var left) = change {
      left?.consistency = consistencyAtRest
      change = .restored(name, onto: layer, left: left)
      // What it goes on from may itself be as after a power cut.
      if disks.snapshot(name)?.consistency != .off { note(poweredOff: false) }
    }
    if case .rebased(let digest) = change { templateDigest = digest }
    disks.apply(change, at: now)
  }

  /// Where a port of the guest is reached on the host; nil when the guest does not serve it.
  public func endpoint(of port: Int) -> Endpoint? {
    ports.first { $0.guest == port }.map { Endpoint(address: address, port: $0.host) }
  }
}

/// Whether writes to a guest's disk survive its stop.
public enum DiskMode: String, Hashable, Sendable, Codable, CaseIterable {
  case persistent
  /// Every start begins from the template.
  case ephemeral
}

/// How a running machine came to be.
public enum StartKind: String, Hashable, Sendable, Codable {
  case boot, fork, standby
  /// It went on from the memory of a snapshot.
  case resume
}
