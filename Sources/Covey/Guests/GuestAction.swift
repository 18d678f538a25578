/// One step of a guest's plan. Every step is idempotent, so that a plan may be taken up again after a crash:
/// doing it twice leaves what doing it once leaves.
public enum GuestAction: Hashable, Sendable, Codable {
  /// Checks the template's seal and makes the overlay, if it is not there.
  case createDisk
  /// Checks the template's seal, and that the disk of a guest that ran before is still there.
  case requireDisk
  /// Throws the overlay away and makes a fresh one: the start of an ephemeral disk.
  case renewDisk
  /// Stores the guest's definition in libvirt.
  case define
  case startMachine
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
  /// Steps without an undo either only look (`requireDisk`, `awaitHealth`, `awaitDrained`), end with the machine (`exposePorts`), or are
  /// themselves the way out (`drain` and all after it): those plans go forward, not back.
  public var undo: GuestAction? {
    switch self {
    case .createDisk: .removeDisk
    case .define: .undefine
    case .startMachine: .destroy
    case .enterBalancer: .leaveBalancer
    case .requireDisk, .renewDisk, .exposePorts, .awaitHealth, .drain, .awaitDrained,
      .leaveBalancer, .shutDown,
      .destroy, .undefine, .removeDisk:
      nil
    }
  }

  /// What the user reads while the step runs.
  public var stage: String {
    switch self {
    case .createDisk: "preparing its disk"
    case .requireDisk: "looking at its disk"
    case .renewDisk: "renewing its disk"
    case .define: "defining the machine"
    case .startMachine: "starting the machine"
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
    case .startMachine: .starting
    case .drain: .draining
    case .shutDown, .destroy: .stopping
    default: nil
    }
  }
}
