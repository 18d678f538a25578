import Covey

/// What the engine asks of libvirt. Every call may be repeated: the wish that is already true succeeds.
///
/// All calls throw `Problem`: `.unavailable` when the hypervisor does not answer, `.unknownOutcome` when the connection
/// broke while an action was under way.
public protocol Hypervisor: Sendable {
  /// Stores or replaces the guest's definition. Nothing of a running machine changes.
  func define(_ guest: Guest, from template: Template) async throws
  /// Starts the defined machine; succeeds when it runs already.
  func start(_ guest: Guest) async throws
  /// Starts the defined machine on the memory and the devices of a warm set, and leaves it paused. A machine that the guest
  /// has already is ended first. What libvirt has stored for its next start stays as it is.
  ///
  /// - Throws: `.noSpace` when the host's memory is short, `.unavailable` when QEMU does not take the saved state.
  func fork(_ guest: Guest, from set: WarmSet, of template: Template) async throws
  /// Lets a forked machine run and tells it who it is: hostname, machine-id, keys, card, random seed, time.
  ///
  /// - Throws: `.deadline` when it does not answer, `.unavailable` with what it could not do.
  func identify(_ guest: Guest, of template: Template) async throws
  /// Holds the machine; succeeds when it is held already.
  func pause(_ guest: Guest) async throws
  /// Lets a held machine run and tells it the time; succeeds when it runs already.
  func wake(_ guest: Guest, of template: Template) async throws
  /// Lets a machine go on that QEMU holds because it could not write to its disk; succeeds when it runs already.
  ///
  /// - Throws: `.noSpace` while there is no room.
  func goOn(_ guest: Guest) async throws
  /// Tells a guest that runs to make its file system as large as its disk.
  ///
  /// - Throws: as `identify`; `.unsupported` when its program does not know how, or there is nothing that it could grow.
  func grow(_ guest: Guest, of template: Template) async throws
  /// Binds the guest's ports on its loopback address; `.inUse` when another program holds one of them.
  func exposePorts(of guest: Guest) async throws
  /// Presses the power button; returns at once, long before the guest is off.
  func requestShutdown(of guest: Guest) async throws
  /// Ends the machine at once; succeeds when it does not run.
  func destroy(_ guest: Guest) async throws
  /// Removes the definition; succeeds when there is none. The machine must not run.
  func undefine(_ guest: Guest) async throws
  /// Whether the guest's machine exists right now, paused or not.
  func isRunning(_ guest: Guest) async throws -> Bool
  /// Whether the guest's machine is off and its system had it so; false also where nobody knows how it ended.
  func hasPoweredOff(_ guest: Guest) async throws -> Bool
  /// Asks the guest's qemu-guest-agent whether it is there; nil when it answered, else why not.
  func agentFailure(of guest: Guest, within limit: Duration) async -> String?
  /// Every guest of covey's and its load, in one bulk call.
  func observe() async throws -> [ObservedGuest]
  /// The records kept in the machines' own metadata, to rebuild membership from.
  func identities() async throws -> [Guest]
  /// Says that something changed; re-read before acting. Ends when the connection ends.
  func hints() async -> AsyncStream<HypervisorHint>
  /// The last lines that the guest wrote to its console.
  func consoleTail(of guest: Name, lines: Int) async -> [String]
}

/// A guest as the hypervisor shows it.
public struct ObservedGuest: Hashable, Sendable {
  public enum Machine: String, Hashable, Sendable {
    case running, paused, off, crashed
    /// Paused by QEMU itself, in the middle of a write for which there was no room: it goes on there, and loses nothing.
    case held
  }

  public let name: Name
  public let uuid: String
  public let machine: Machine
  /// CPU time that the machine has used since it started; nil when off.
  public let cpuTime: Duration?
  public let cpus: Int
  /// Host memory that the machine's process holds; nil when off or unknown.
  public let memory: ByteCount?

  public init(
    name: Name, uuid: String, machine: Machine, cpuTime: Duration?, cpus: Int, memory: ByteCount?
  ) {
    self.name = name
    self.uuid = uuid
    self.machine = machine
    self.cpuTime = cpuTime
    self.cpus = cpus
    self.memory = memory
  }
}

/// A hint from the hypervisor about where to look again.
public enum HypervisorHint: Hashable, Sendable {
  /// The machine of this guest changed its state.
  case changed(uuid: String)
  /// Hints were lost, or the connection was: look at everything.
  case lookAtAll
}
