import Covey
import CoveyEngine
import Glibc
import Libvirt
import Logging
import Support
import Testing

@testable import CoveyHypervisor

/// All that guests with layered disks need, for one process: a root of libvirt's embedded driver, a sealed template whose disk
/// holds a known pattern, and two folders that disks may be moved to, one of them on another file system.
///
/// The machines have no system. What a guest would write, its QEMU is told to write.
struct LayerLab: Sendable {
  let root: String
  let elsewhere: String
  let link: LibvirtLink
  let hypervisor: LibvirtHypervisor
  let layers: LibvirtLayers
  let disks: OverlayDisks
  let template: Template
  /// An older version of it, whose disk holds something else.
  let elder: Template
  let time: FastClock
  let logger: Logger
  private let identifiers: CountingUUIDs

  static let diskSize = 8 << 20

  var files: GuestFolder { GuestFolder(guests: "\(root)/g") }
  /// Folders that hold a folder for each guest whose disk was moved there.
  var places: [String] { ["\(root)/p", elsewhere] }
  var templateDisk: String { disk(of: template) }
  func disk(of template: Template) -> String { "\(root)/shelf/\(template.digest)/disk.qcow2" }
  /// What a new guest reads.
  static let pristine = DiskContent(patternOf: diskSize)

  private init(root: String) async throws {
    self.root = root
    elsewhere = try HostFiles.makeTemporaryFolder("/dev/shm/cvl-")
    try HostFiles.makeFolder("\(root)/p")
    let embedded = EmbeddedRoot("\(root)/l")
    try embedded.prepare()
    try KeptCapabilities.give(to: embedded)
    let (link, time) = (LibvirtLink(uri: embedded.uri), FastClock())
    let (files, warm) = (GuestFolder(guests: "\(root)/g"), WarmPlaces(shelf: "/none"))
    let templates = TemplateFolder(shelf: "\(root)/shelf", cache: "/none")
    template = try await Self.seal(Self.pristine, "{}", at: 1, in: "\(root)/shelf")
    elder = try await Self.seal(
      DiskContent(patternOf: Self.diskSize, from: 77), "{ }", at: 0, in: "\(root)/shelf")
    let isQuiet = HostFiles.environment(LayerSeeds.variable) == nil
    logger = Logger(label: "layers") { name in
      guard isQuiet else { return StreamLogHandler.standardError(label: name) }
      return SwiftLogNoOpLogHandler()
    }
    hypervisor = LibvirtHypervisor(
      link: link, installation: "here", files: files,
      sealed: { templates.path(of: $0, in: $1) }, accelerator: { .tcg }, warm: warm, time: time)
    layers = LibvirtLayers(
      hypervisor: hypervisor, files: files, state: "\(root)/g",
      sealed: { templates.path(of: $0, inVersion: $1) }, time: time, logger: logger)
    disks = OverlayDisks(guests: "\(root)/g", templates: templates, warm: warm)
    (self.link, self.time, identifiers) = (link, time, CountingUUIDs())
  }

  /// Runs a body in a fresh lab, removes everything and leaves the process, which libvirt binds to its first root.
  static func with(_ body: (LayerLab) async throws -> Void) async throws {
    allowTime()
    let lab = try await LayerLab(root: HostFiles.makeTemporaryFolder("/tmp/cvl-"))
    let reaper = Task { await machineReaper.run() }
    do { try await body(lab) } catch {
      // What an exit test throws arrives without its words.
      Issue.record("\(error)")
    }
    await lab.end()
    reaper.cancel()
    // libvirt's threads outlive its last connection, and the destructors that `exit` runs may pull their memory from under
    // them. What the tests found is reported already.
    fflush(nil)
    _exit(EXIT_SUCCESS)
  }

  /// libvirt itself waits for those that it starts to learn what QEMU can.
  private static let machineReaper = Reaper(
    orphans: ["qemu-system"], looks: 50, interval: .milliseconds(2))

  /// Ends the process in five minutes, unless it is called again: what is waited for may never come.
  static func allowTime() { alarm(300) }

  private func end() async {
    do {
      let connection = try await link.connection()
      for domain in try await connection.domains(.active) {
        killMachine(domain.name)
        try? await domain.destroy()  // libvirt may have noticed by itself
      }
      await link.close()
      try KeptCapabilities.keep(of: EmbeddedRoot("\(root)/l"))
      try HostFiles.remove(root)
      try HostFiles.remove(elsewhere)
    } catch {
      print("left behind: \(root), \(elsewhere): \(error)")
    }
  }

  private static func seal(
    _ content: DiskContent, _ description: String, at created: Int64, in shelf: String
  ) async throws -> Template {
    let bytes = Array(description.utf8)
    let digest = FileDigest.of(bytes: bytes)
    let folder = "\(shelf)/\(digest)"
    try HostFiles.makeFolder(folder)
    try HostFiles.write(bytes, to: "\(folder)/template.json", mode: 0o400)
    let (raw, disk) = ("\(shelf)/raw", "\(folder)/disk.qcow2")
    try HostFiles.write(content.bytes, to: raw, mode: 0o600)
    try await Program.qemuImg.run(
      ["convert", "-f", "raw", "-O", "qcow2", raw, disk], to: "cannot seal", subject: "test")
    try HostFiles.remove(raw)
    try HostFiles.setMode(0o400, of: disk)
    let sealed = SealedFile(
      role: .disk, digest: try await FileDigest.of(disk),
      size: ByteCount(bytes: Int64(HostFiles.facts(of: disk)?.st_size ?? 0)))
    return Template(
      name: Samples.name("pattern"), digest: digest, summary: "a disk with a pattern",
      machine: Samples.machine(memory: .mebibytes(32)), kernelArguments: "", ports: [],
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)), files: [sealed],
      created: Timestamp(milliseconds: created))
  }

  var backups: LibvirtBackups {
    LibvirtBackups(layers: layers, disks: disks, time: time, logger: logger)
  }

  var ports: Ports {
    let world = RecordingWorld()
    return Ports(
      hypervisor: hypervisor, disks: disks, layers: layers, backups: backups, shelf: world,
      warmth: world, balancer: world, probe: world, reports: world, names: world,
      activator: world, time: time)
  }

  /// A daemon on a store, which goes on with what the one before it left.
  func daemon(
    on store: any Store, reached: @escaping @Sendable (FaultPoint, Operation) async -> Void
  ) throws -> LayerDaemon {
    let ledger = try Ledger(store: store, time: time, identifiers: identifiers)
    return LayerDaemon(ledger, ports, logger, reached)
  }

  /// Waits until libvirt has noticed whether a machine's process is gone.
  func awaitTruth(of guest: Name) async throws {
    while let domain = try? await link.connection().domain(named: guest.text),
      try await domain.state().isActive, process(of: guest.text) == nil
    {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private func process(of guest: String) -> pid_t? {
    let file = "\(root)/l/run/qemu/\(guest).pid"
    guard let text = try? HostFiles.text(of: file, limit: 64),
      let process = pid_t(text.filter(\.isNumber)),
      (try? HostFiles.target(of: "/proc/\(process)/exe")) != nil
    else { return nil }
    return process
  }

  /// Ends a machine as the host's out-of-memory killer would, and waits until its process is gone.
  func killMachine(_ guest: String) {
    guard let process = process(of: guest) else { return }
    kill(process, SIGKILL)
    while self.process(of: guest) == process { usleep(500) }
  }

  /// Ends a machine as QEMU ends by itself, its files flushed, and waits until its process is gone.
  func quitMachine(_ guest: String) async throws {
    let process = process(of: guest)
    let domain = try await link.connection().domain(named: guest)
    _ = try? await domain.humanMonitor("quit")  // its answer may never come
    while process != nil, self.process(of: guest) == process {
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}

/// An engine that carries out plans until it is ended, which may be in the middle of one.
final class LayerDaemon: Sendable {
  let ledger: Ledger
  let progress = ProgressBook()
  private let watcher: Watcher
  private let running: Task<Void, Never>

  fileprivate init(
    _ ledger: Ledger, _ ports: Ports, _ logger: Logger,
    _ reached: @escaping @Sendable (FaultPoint, Operation) async -> Void
  ) {
    self.ledger = ledger
    watcher = Watcher(ledger: ledger, ports: ports, logger: logger)
    let performer = Performer(
      ledger: ledger, ports: ports, progress: progress, logger: logger, reached: reached)
    running = Task { await performer.run() }
  }

  func end() async {
    running.cancel()
    await running.value
  }

  func guest(_ name: Name) async throws -> Guest {
    try #require(await ledger.inventory.guests[name])
  }

  func launch(_ name: Name) async throws -> Operation {
    let request = LaunchRequest(name: name, template: Samples.name("pattern"), boots: true)
    let outcome = try await ledger.launch(
      request, pool: .standard(block: 3), lowestBindablePort: 0)
    let operation = try await over(#require(outcome.operation))
    if operation.status != .done {
      Issue.record("guest \(name) is not launched: \(String(describing: operation.problem))")
    }
    return operation
  }

  /// Asks, and waits until the operation is over.
  @discardableResult
  func ask(_ request: GuestRequest, of guest: Name) async throws -> Operation {
    try await over(#require(ledger.request(request, on: guest).operation, "\(request)"))
  }

  func over(_ operation: Operation) async throws -> Operation {
    let id = operation.id
    let inventory = await ledger.inventory { $0.operations[id]?.status.isOver ?? true }
    return try #require(inventory?.operations[id])
  }

  func isUnderWay(_ operation: Operation) async -> Bool {
    await ledger.inventory.operations[operation.id]?.status.isOver == false
  }

  /// Waits until no operation is under way.
  func settle() async {
    _ = await ledger.inventory { $0.operations.values.allSatisfy(\.status.isOver) }
  }

  /// Has the inventory follow what really runs.
  func look() async { await watcher.look() }
}

extension Ledger.Outcome {
  var operation: Operation? {
    guard case .began(let operation) = self else { return nil }
    return operation
  }
}

/// The host's clock, ten times as fast.
struct FastClock: TimeSource {
  private static let factor = 10
  private let began = ContinuousClock.now

  func now() -> Timestamp {
    Timestamp(milliseconds: 1_000_000) + began.duration(to: .now) * Self.factor
  }

  func sleep(for span: Duration) async throws { try await Task.sleep(for: span / Self.factor) }
}
