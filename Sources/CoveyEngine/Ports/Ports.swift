import Covey

/// All that the engine reaches the outside world through.
public struct Ports: Sendable {
  public let hypervisor: any Hypervisor
  public let disks: any Disks
  public let layers: any Layers
  public let backups: any Backups
  public let shelf: any TemplateShelf
  public let warmth: any WarmShelf
  public let balancer: any Balancer
  public let seats: any Seats
  public let probe: any HealthProbe
  public let reports: any MemberReports
  public let names: any NameServer
  public let activator: any Activator
  public let time: any TimeSource

  public init(
    hypervisor: any Hypervisor, disks: any Disks, layers: any Layers, backups: any Backups,
    shelf: any TemplateShelf,
    warmth: any WarmShelf, balancer: any Balancer, seats: any Seats = NoSeats(),
    probe: any HealthProbe,
    reports: any MemberReports,
    names: any NameServer, activator: any Activator, time: any TimeSource
  ) {
    self.hypervisor = hypervisor
    self.disks = disks
    self.layers = layers
    self.backups = backups
    self.shelf = shelf
    self.warmth = warmth
    self.balancer = balancer
    self.seats = seats
    self.probe = probe
    self.reports = reports
    self.names = names
    self.activator = activator
    self.time = time
  }
}
