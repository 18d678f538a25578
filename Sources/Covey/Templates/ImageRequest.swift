/// A wish for a template of a disk image from elsewhere.
public struct ImageRequest: Hashable, Sendable {
  public let name: Name
  /// The image's absolute path.
  public let path: String
  /// By the user's word; nil has covey look. Raw images must be declared.
  public let format: ImageFormat?
  public let summary: String
  public let machine: MachineSize
  public let firmware: Firmware
  public let cloudInit: CloudInit?
  public let ports: [Int]
  public let health: HealthCheck
  /// The largest disk that is taken.
  public let largest: ByteCount

  /// - `health`: nil counts a guest as ready once its machine runs.
  /// - Throws: `Refusal.portNotServed` for a health check on a port that is not served, `.outOfRange`.
  public init(
    name: Name, path: String, format: ImageFormat? = nil, summary: String = "",
    machine: MachineSize, firmware: Firmware = .bios, cloudInit: CloudInit? = nil,
    ports: [Int] = [], health: HealthCheck? = nil,
    largest: ByteCount = ImageLimits.largestVirtualSize
  ) throws(Refusal) {
    if let port = ports.first(where: { !(1...65535).contains($0) }) {
      throw .outOfRange(field: "port", value: "\(port)", allowed: "1 to 65535")
    }
    if let health, health.kind != .agent, !ports.contains(health.port) {
      throw .portNotServed(template: name, port: health.port, ports: ports)
    }
    self.name = name
    self.path = path
    self.format = format
    self.summary = summary
    self.machine = machine
    self.firmware = firmware
    self.cloudInit = cloudInit
    self.ports = ports
    self.health = health ?? .none
    self.largest = largest
  }
}
