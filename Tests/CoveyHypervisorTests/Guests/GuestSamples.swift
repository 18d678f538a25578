import Covey
import LibvirtXML
import Support

@testable import CoveyHypervisor

/// Guests that libvirt accepts: with real UUIDs, and machines in every flavour.
enum GuestSamples {
  static let uuid = "3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d4"
  static let files = GuestFolder(guests: "/var/lib/covey/guests")

  static func template(
    kernelArguments: String? = "console=ttyS0 quiet", balloon: MemoryBalloon = .none,
    identity: IdentityCarrier? = nil, ports: [Int] = [80], firmware: Firmware? = nil,
    cloudInit: CloudInit? = nil
  ) -> Template {
    var files = [SealedFile(role: .disk, digest: "f1", size: .mebibytes(16))]
    if kernelArguments != nil {
      files.append(SealedFile(role: .kernel, digest: "f2", size: .mebibytes(8)))
      files.append(SealedFile(role: .initrd, digest: "f3", size: .mebibytes(1)))
    }
    return Template(
      name: Samples.name("tiny-web"), digest: "d1", summary: "a web server",
      machine: Samples.machine(), kernelArguments: kernelArguments ?? "", balloon: balloon,
      identity: identity, ports: ports,
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)), files: files,
      firmware: firmware, cloudInit: cloudInit, created: Timestamp(milliseconds: 1))
  }

  static func guest(
    _ name: String = "db", uuid: String = uuid, group: String? = nil,
    disk: DiskMode = .persistent, cpus: Int = 1, memory: ByteCount = .mebibytes(128),
    ports: [PortMapping] = [PortMapping(guest: 80, host: 80)], lastByte: UInt32 = 2,
    template: Template = template()
  ) -> Guest {
    Guest(
      name: Samples.name(name), uuid: uuid, template: template, group: group.map(Samples.name),
      machine: Samples.machine(cpus: cpus, memory: memory), disk: disk,
      address: address(lastByte), ports: ports,
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)),
      created: Timestamp(milliseconds: 1_700_000_000_123))
  }

  /// An address of a block that no daemon gives out by itself: 127.78.250.x.
  static func address(_ lastByte: UInt32) -> IPv4Address {
    IPv4Address(number: 127 << 24 | 78 << 16 | 250 << 8 | lastByte)
  }

  static func machine(
    _ guest: Guest = guest(), _ type: DomainType = .qemu, template: Template = template(),
    files: GuestFolder = files, shelf: String = "/var/lib/covey/templates",
    network: GuestNetwork = .user
  ) -> GuestMachine {
    GuestMachine(
      guest: guest, template: template, files: files,
      sealed: { role, template in "\(shelf)/\(template.name)/\(role.rawValue)" }, type: type,
      installation: "here", network: network)
  }
}

extension GuestNetwork {
  /// A network such as covey makes one.
  static let covey: GuestNetwork = {
    let subnet = IPv4Subnet(of: IPv4Address(number: 10 << 24 | 77 << 16), prefix: 24)
    return .bridged(
      BridgedNetwork(
        name: "covey", bridge: "virbr0", host: IPv4Address(number: subnet.base.number + 1),
        subnet: subnet, dynamic: []))
  }()
}
