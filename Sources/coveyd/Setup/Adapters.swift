import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyTraffic
import Logging

/// What the engine reaches the world through, made of the rooms that know how.
struct Adapters: Sendable {
  let configuration: Configuration
  let link: LibvirtLink
  /// The libvirt network that guests are on; nil where they are on none.
  let bridge: LibvirtNetwork?
  let files: GuestFolder
  let shelf: TemplateFolder
  let accelerator: AcceleratorChoice
  let names: any NameServer
  let time: SystemTime
  let logger: Logger

  /// - Throws: `Problem` for a HAProxy template that cannot be used.
  func ports(installation: String) throws -> Ports {
    let state = configuration.state
    let warm = WarmPlaces(shelf: state.warm)
    let hypervisor = LibvirtHypervisor(
      link: link,
      installation: installation,
      files: files, sealed: { shelf.path(of: $0, in: $1) },
      accelerator: { accelerator.finding.accelerator }, warm: warm, time: time,
      bridge: bridge)
    let opensFolders = configuration.runsQEMUAsAnotherAccount
    let disks = OverlayDisks(
      guests: state.guests, templates: shelf, warm: warm, opensFolders: opensFolders)
    let layers = LibvirtLayers(
      hypervisor: hypervisor, files: files, state: state.root,
      sealed: { shelf.path(of: $0, inVersion: $1) },
      opensFolders: opensFolders, time: time, logger: logger)
    let balancer = try balancer(installation)
    return Ports(
      hypervisor: hypervisor, disks: disks, layers: layers,
      backups: LibvirtBackups(layers: layers, disks: disks, time: time, logger: logger),
      shelf: shelf,
      warmth: WarmFolder(
        places: warm, templates: shelf, hypervisor: hypervisor,
        opensFolders: opensFolders),
      balancer: balancer, seats: balancer.seats,
      probe: link.isTest ? TrustingProbe() : GuestProbe(),
      reports: SocketReports(), names: names, activator: SocketActivator(folder: state.wake),
      time: time)
  }

  /// covey's own processes, or the one of somebody else; at seats covey's own in any case.
  private func balancer(_ installation: String) throws -> SeatedBalancer {
    let doors = configuration.state.wake
    let template =
      try configuration.haproxyTemplate.map { try HAProxyTemplate(file: $0, doors: doors) }
      ?? HAProxyTemplate(doors: doors)
    let here: any Balancer =
      if let socket = configuration.haproxySocket {
        ExistingHAProxy(socket: socket, installation: installation)
      } else {
        try HAProxyBalancer(folder: configuration.state.balancers, template: template)
      }
    return SeatedBalancer(here: here, seats: configuration.state.seats, template: template)
  }
}

/// On libvirt's test driver nothing listens: guests count as healthy as soon as they run, and nobody is connected to one.
private struct TrustingProbe: HealthProbe {
  func failure(of endpoint: Endpoint, _ check: HealthCheck, within limit: Duration) async -> String?
  { nil }
  func remark(on endpoint: Endpoint, _ check: HealthCheck, within limit: Duration) async -> String?
  { nil }
  func connections(to endpoint: Endpoint) async -> Int? { 0 }
}
