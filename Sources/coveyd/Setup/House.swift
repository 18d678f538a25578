import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyStore
import CoveyTraffic
import Foundation
import Logging
import Synchronization

/// Everything that runs in the daemon, wired together once: the composition root.
struct House: Sendable {
  let ledger: Ledger
  let ports: Ports
  let gauges: Gauges
  let rounds: RoundBook
  let guests: GuestRequests
  let groups: GroupRequests
  let disks: DiskRequests
  let backups: BackupRequests
  let workshop: Workshop
  let performer: Performer
  let progress: ProgressBook
  let scaler: Scaler
  let watcher: Watcher
  let zones: ZoneKeeper
  let waker: Waker
  let files: GuestFolder
  let link: LibvirtLink
  let doctor: Doctor
}

// In an extension, so that tests may furnish a house part by part.
extension House {
  /// Opens the store and wires the rest; opens no connection and starts nothing.
  ///
  /// - `stopsAt`: where the daemon holds still once, for tests.
  /// - Throws: `Problem` when the store cannot be opened.
  init(_ configuration: Configuration, stopsAt point: FaultPoint? = nil, logger: Logger) throws {
    let state = configuration.state
    let time = SystemTime()
    let identifiers = RandomIdentifiers()
    let store = try SQLiteStore(path: state.database)
    let shelf = TemplateFolder(shelf: state.templates, cache: state.cache)
    link = LibvirtLink(uri: configuration.connect)
    files = GuestFolder(guests: state.guests)
    let accelerator = AcceleratorChoice(
      store: store,
      probe: AcceleratorProbe(
        link: link, time: time, identifiers: identifiers, scratch: state.root),
      shelf: shelf, logger: logger)
    let warm = WarmPlaces(shelf: state.warm)
    let hypervisor = LibvirtHypervisor(
      link: link,
      installation: try Installation.identifier(at: state.installation, from: identifiers),
      files: files, sealed: { shelf.path(of: $0, in: $1) },
      accelerator: { accelerator.finding.accelerator }, warm: warm, time: time)
    let disks = OverlayDisks(
      guests: state.guests, templates: shelf, warm: warm,
      opensFolders: configuration.runsQEMUAsAnotherAccount)
    let layers = LibvirtLayers(
      hypervisor: hypervisor, files: files, sealed: { shelf.path(of: $0, inVersion: $1) },
      opensFolders: configuration.runsQEMUAsAnotherAccount, time: time, logger: logger)
    let names = DnsmasqServer(
      folder: state.dns, domain: configuration.domain, listen: configuration.dns)
    ports = Ports(
      hypervisor: hypervisor, disks: disks, layers: layers,
      backups: LibvirtBackups(layers: layers, disks: disks, time: time, logger: logger),
      shelf: shelf,
      warmth: WarmFolder(
        places: warm, templates: shelf, hypervisor: hypervisor,
        opensFolders: configuration.runsQEMUAsAnotherAccount),
      balancer: HAProxyBalancer(folder: state.balancers),
      probe: link.isTest ? TrustingProbe() : HTTPHealthProbe(), names: names,
      activator: SocketActivator(folder: state.wake), time: time)
    ledger = try Ledger(store: store, time: time, identifiers: identifiers)
    gauges = Gauges()
    rounds = RoundBook(store: store, logger: logger)
    guests = GuestRequests(
      ledger: ledger, pool: configuration.pool,
      lowestBindablePort: LowPorts.lowestBindable(
        whereQEMUIsRoot: geteuid() == 0 && !configuration.runsQEMUAsAnotherAccount))
    groups = GroupRequests(ledger: ledger, ports: ports)
    self.disks = DiskRequests(ledger: ledger, ports: ports, home: state.guests)
    backups = BackupRequests(
      ledger: ledger, ports: ports, guests: guests, identifiers: identifiers)
    workshop = Workshop(
      ledger: ledger, ports: ports, guests: guests, identifiers: identifiers, logger: logger,
      onSealed: { await accelerator.settle(with: $0) })
    progress = ProgressBook()
    performer = Performer(
      ledger: ledger, ports: ports,
      startsAtOnce: max(4, 2 * ProcessInfo.processInfo.activeProcessorCount), progress: progress,
      logger: logger, reached: Self.stopping(at: point))
    scaler = Scaler(
      ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, guests: guests, logger: logger)
    watcher = Watcher(ledger: ledger, ports: ports, logger: logger)
    zones = ZoneKeeper(
      ledger: ledger, ports: ports, gauges: gauges, domain: configuration.domain, logger: logger)
    waker = Waker(ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, logger: logger)
    doctor = Doctor(
      configuration: configuration, link: link, accelerator: accelerator, names: names)
  }
}

extension House {
  /// Has the whole daemon hold still at a point, for tests that then kill it or a machine; it goes on by `SIGCONT`.
  fileprivate static func stopping(at point: FaultPoint?)
    -> @Sendable (FaultPoint, Covey.Operation) async -> Void
  {
    let left = Mutex(point)
    return { reached, _ in
      let isHere = left.withLock { left in
        defer { if left == reached { left = nil } }
        return left == reached
      }
      if isHere { raise(SIGSTOP) }
    }
  }
}

/// On libvirt's test driver nothing listens: guests count as healthy as soon as they run.
private struct TrustingProbe: HealthProbe {
  func failure(of endpoint: Endpoint, path: String, within limit: Duration) async -> String? { nil }
}
