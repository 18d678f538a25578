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
  let reports: ReportKeeper
  let watcher: Watcher
  let monitor: MemberMonitor
  /// Nil where guests are on no libvirt network.
  let reservations: ReservationKeeper?
  let seatKeeper: SeatKeeper
  let zones: ZoneKeeper
  let waker: Waker
  let files: GuestFolder
  let link: LibvirtLink
  let doctor: Doctor

  var balancers: BalancerRequests {
    BalancerRequests(ledger: ledger, ports: ports, keeper: seatKeeper)
  }
}

// In an extension, so that tests may furnish a house part by part.
extension House {
  /// Opens the store and wires the rest; opens no connection and starts nothing.
  ///
  /// - `bridge`: the libvirt network that guests are on.
  /// - `stopsAt`: where the daemon holds still once, for tests.
  /// - Throws: `Problem` when the store cannot be opened.
  init(
    _ configuration: Configuration, on link: LibvirtLink, bridge: LibvirtNetwork? = nil,
    stopsAt point: FaultPoint? = nil, logger: Logger
  ) throws {
    let state = configuration.state
    let time = SystemTime()
    let identifiers = RandomIdentifiers()
    let store = try SQLiteStore(path: state.database)
    let shelf = TemplateFolder(
      shelf: state.templates, cache: state.cache, state: state.root)
    self.link = link
    files = GuestFolder(guests: state.guests)
    let accelerator = AcceleratorChoice(
      store: store,
      probe: .init(link: link, time: time, identifiers: identifiers, scratch: state.root),
      shelf: shelf, logger: logger)
    let names = Self.names(configuration, link)
    let adapters = Adapters(
      configuration: configuration, link: link, bridge: bridge, files: files, shelf: shelf,
      accelerator: accelerator, names: names, time: time, logger: logger)
    ports = try adapters.ports(
      installation: Installation.identifier(at: state.installation, from: identifiers))
    ledger = try Ledger(store: store, time: time, identifiers: identifiers)
    (gauges, rounds) = (Gauges(), RoundBook(store: store, logger: logger))
    guests = Self.guestRequests(configuration, ledger, bridge)
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
    monitor = MemberMonitor(ledger: ledger, ports: ports, gauges: gauges)
    reports = ReportKeeper(ledger: ledger, ports: ports, gauges: gauges)
    watcher = Watcher(ledger: ledger, ports: ports, logger: logger)
    reservations = bridge.map { [ledger] in
      ReservationKeeper(network: $0, ledger: ledger, time: time, logger: logger)
    }
    seatKeeper = SeatKeeper(ledger: ledger, ports: ports, logger: logger)
    zones = ZoneKeeper(
      ledger: ledger, ports: ports, gauges: gauges, domain: configuration.domain, logger: logger)
    waker = Waker(ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, logger: logger)
    doctor = Doctor(
      configuration: configuration, link: link, accelerator: accelerator, names: names)
  }
}

extension House {
  /// Guests on a libvirt network ask its own server anyway.
  fileprivate static func names(_ configuration: Configuration, _ link: LibvirtLink)
    -> any NameServer
  {
    if case .bridge(let bridge) = configuration.addresses {
      return LibvirtNames(network: bridge.name, on: link)
    }
    return DnsmasqServer(
      folder: configuration.state.dns, domain: configuration.domain, listen: configuration.dns)
  }

  /// On a bridge guests have all ports of an address of their own.
  fileprivate static func guestRequests(
    _ configuration: Configuration, _ ledger: Ledger, _ bridge: LibvirtNetwork?
  ) -> GuestRequests {
    if let bridge, let pool = bridge.facts.pool {
      return GuestRequests(ledger: ledger, pool: pool, lowestBindablePort: 0) {
        try await bridge.occupied()
      }
    }
    guard case .loopback(let pool) = configuration.addresses else {
      // A daemon that only looks at the host launches nothing.
      return GuestRequests(ledger: ledger, pool: .standard(block: 0), lowestBindablePort: 0)
    }
    return GuestRequests(
      ledger: ledger, pool: pool,
      lowestBindablePort: LowPorts.lowestBindable(
        whereQEMUIsRoot: geteuid() == 0 && !configuration.runsQEMUAsAnotherAccount))
  }

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
