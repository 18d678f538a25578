/// One step of a guest's plan. Every step is idempotent, so that a plan may be taken up again after a crash:
/// doing it twice leaves what doing it once leaves.
public enum GuestAction: Hashable, Sendable, Codable {
  /// Checks the template's seal and makes the overlay, if it is not there.
  case createDisk
  /// Checks the template's seal, and that the disk of a guest that ran before is still there.
  case requireDisk
  /// Throws the overlay away and makes a fresh one: the start of an ephemeral disk.
  case renewDisk
  /// Checks the warm set's seal and copies its disk, in place of any that is there.
  case forkDisk(from: String)
  /// Stores the guest's definition in libvirt.
  case define
  case startMachine
  /// Starts the machine on the memory of a warm set, paused.
  case forkMachine(from: String)
  /// Lets a forked machine run and tells it who it is, before anybody can reach it.
  case identify
  /// Lets a standby run again and tells it what time it is.
  case wake
  /// Holds the machine: it keeps its memory and uses no processor.
  case pause
  /// Binds the guest's ports on its loopback address; must be done after every start.
  case exposePorts
  /// Waits until the guest answers its health check.
  case awaitHealth(within: Duration)
  /// Adds the member to its group's balancer.
  case enterBalancer
  /// Takes the member out of the balancer's rotation.
  case drain
  /// Waits until the balancer has no connection left to the member; goes on at the deadline.
  case awaitDrained(within: Duration)
  /// Removes the member from the balancer.
  case leaveBalancer
  /// Asks the guest to power off; goes on at the deadline.
  case shutDown(within: Duration)
  /// Ends the machine at once, if it still runs.
  case destroy
  case undefine
  case removeDisk

  /// What takes this step back when a later one fails; nil where there is nothing to take back.
  ///
  /// Steps without an undo either only look (`requireDisk`, `awaitHealth`, `awaitDrained`), end with the machine
  /// (`identify`, `wake`, `pause`, `exposePorts`), or are
  /// themselves the way out (`drain` and all after it): those plans go forward, not back.
  public var undo: GuestAction? {
    switch self {
    case .createDisk, .forkDisk: .removeDisk
    case .define: .undefine
    case .startMachine, .forkMachine: .destroy
    case .enterBalancer: .leaveBalancer
    case .requireDisk, .renewDisk, .identify, .wake, .pause, .exposePorts, .awaitHealth, .drain,
      .awaitDrained, .leaveBalancer, .shutDown, .destroy, .undefine, .removeDisk:
      nil
    }
  }

  /// What the user reads while the step runs.
  public var stage: String {
    switch self {
    case .createDisk: "preparing its disk"
    case .requireDisk: "looking at its disk"
    case .renewDisk: "renewing its disk"
    case .forkDisk: "copying the warm disk"
    case .define: "defining the machine"
    case .startMachine: "starting the machine"
    case .forkMachine: "forking the machine"
    case .identify: "telling it who it is"
    case .wake: "waking the machine"
    case .pause: "pausing the machine"
    case .exposePorts: "binding its ports"
    case .awaitHealth: "waiting for its health check"
    case .enterBalancer: "entering the balancer"
    case .drain: "draining"
    case .awaitDrained: "waiting for its connections to end"
    case .leaveBalancer: "leaving the balancer"
    case .shutDown: "shutting down"
    case .destroy: "ending the machine"
    case .undefine: "removing the definition"
    case .removeDisk: "removing the disk"
    }
  }

  /// The state a guest is in while the step runs; nil when the step does not change it.
  public var stateDuring: GuestState? {
    switch self {
    case .startMachine, .forkMachine, .wake: .starting
    case .drain: .draining
    case .shutDown, .destroy: .stopping
    default: nil
    }
  }

  /// The warm set that the step needs.
  public var warmSet: String? {
    switch self {
    case .forkDisk(let set), .forkMachine(let set): set
    default: nil
    }
  }

  /// Whether a failure of the step says that forking failed, rather than something that would fail a cold start too.
  public var belongsToFork: Bool {
    switch self {
    case .forkDisk, .forkMachine, .identify, .wake, .awaitHealth: true
    default: false
    }
  }

  /// How a machine comes to be that this step starts; nil when it starts none.
  public var startKind: StartKind? {
    switch self {
    case .startMachine: .boot
    case .forkMachine: .fork
    case .wake: .standby
    default: nil
    }
  }
}
