import Covey
import LibvirtXML

/// Renders a guest as libvirt's domain document. Pure.
struct GuestMachine {
  let guest: Guest
  let template: Template
  let files: GuestFolder
  let sealed: @Sendable (SealedFile.Role, Template) -> String
  let type: DomainType
  let installation: String
  /// What its card is connected to.
  var network = GuestNetwork.user

  /// The NIC's host side is QEMU's user-mode network, named so by libvirt for the first NIC.
  static let netdev = "hostnet0"

  /// What the guest's disk is called in the guest and in libvirt.
  static let target = "vda"

  /// Tells the guest that its first card is on that network, where it has 10.0.2.15, behind 10.0.2.2, for good.
  ///
  /// A guest that asks DHCP all the same is given another address once it has changed its MAC, as forks do, and its ports
  /// lead nowhere: the network remembers in a fork who had the first address (libslirp 4.7).
  static let userMode = "covey.network=user"

  func document() throws -> DomainDocument {
    var domain = DomainDocument(
      name: guest.name.text, type: type, memory: UInt64(guest.machine.memory.bytes),
      vcpus: guest.machine.cpus, machine: type == .test ? nil : "pc")
    domain.uuid = guest.uuid
    domain.title = guest.group.map { "covey: \($0)" } ?? "covey"
    domain.setMetadata(
      try GuestRecord.element(for: guest, of: installation), uri: GuestRecord.namespace)
    boot(&domain)
    guard type != .test else { return domain }
    domain.cpuMode = type == .kvm ? "host-passthrough" : "maximum"
    domain.disks = [disk] + (template.cloudInit == nil ? [] : [seed])
    domain.interfaces = [card]
    var serial = CharacterDevice.serial(.unixSocket(files.console(of: guest.name)))
    serial.log = files.log(of: guest.name)
    serial.logAppends = false
    domain.serials = [serial]
    domain.channels = channels
    domain.memoryBalloon = template.balloon == .none ? "none" : "virtio"
    domain.reportsFreePages = template.balloon == .reporting
    domain.randomSource = "/dev/urandom"
    // Reading 398 CPU properties one by one costs each start 200-300 ms (libvirt 9.0, measured).
    domain.removedQEMUCapabilities = ["cpu-unavailable-features"]
    // After each fork QEMU would have the guest tell its neighbours where it is now. In user mode there are none, on a bridge
    // it would say the template's address, and telling them costs an emulated guest 10 ms before its first answer.
    domain.qemuArguments = ["-global", "virtio-net-device.guest_announce=off"]
    // SeaBIOS speaks on the serial line where there is no screen: what hinders it stands in the guest's log.
    if template.firmware == .bios { domain.qemuArguments += ["-machine", "graphics=off"] }
    return domain
  }

  private func boot(_ domain: inout DomainDocument) {
    if template.files.contains(where: { $0.role == .kernel }) {
      domain.kernel = sealed(.kernel, template)
      domain.initrd = sealed(.initrd, template)
      let arguments = template.kernelArguments
        .replacing("{name}", with: guest.name.text).replacing("{uuid}", with: guest.uuid)
      domain.commandLine =
        "\(arguments) covey.name=\(guest.name)" + (network == .user ? " \(Self.userMode)" : "")
    } else {
      domain.bootDevices = ["hd"]
    }
    guard template.firmware == .uefi else { return }
    domain.firmware = "efi"
    domain.firmwareState = files.firmwareState(guest.disks.firmwareState, of: guest.name)
  }

  /// On a bridge others could be reached under its name: it is held to its own addresses from the start, a fork before it
  /// knows them.
  private var card: InterfaceDevice {
    guard let bridged = network.bridged else { return InterfaceDevice(.user, mac: guest.mac) }
    var card = InterfaceDevice(.network(bridged.name), mac: guest.mac)
    card.filter = SpoofFilter.reference(for: guest.address)
    return card
  }

  /// The agent's port is there for whoever runs one; libvirt would choose a longer path for it. The other is covey's own.
  private var channels: [CharacterDevice] {
    let agent = CharacterDevice.channel(
      .unixSocket(files.agent(of: guest.name)), name: IdentityAgent.port)
    guard template.identity == .channel else { return [agent] }
    return [
      agent,
      .channel(.unixSocket(files.identity(of: guest.name)), name: IdentityChannel.port),
    ]
  }

  /// A disc that is always there: cloud-init looks at it on every boot. Whoever boots from `vda` can read this one too; cloud
  /// kernels often have no drivers for CD-ROMs.
  private var seed: DiskDevice {
    var disc = DiskDevice(file: files.seed(of: guest.name), format: "raw", target: "vdb")
    disc.isReadOnly = true
    return disc
  }

  /// A disk that is made of files, the one that is written to first. The whole chain is given, so that nothing is probed in
  /// files that a guest can write.
  ///
  /// - `image`: the sealed one that they stand on; nil where they stand alone.
  static func disk(of layers: [String], on image: String?) -> DiskDevice {
    var disk = DiskDevice(file: layers[0], target: target)
    let below = layers.dropFirst() + [image].compactMap(\.self)
    disk.backingChain = below.map { BackingImage(file: $0, format: "qcow2") }
    guard image != nil else { return disk }
    // A sealed image stays as it is: libvirt must not give it to QEMU's account.
    let keepsOwner = Element(
      "seclabel", attributes: [.init("model", "dac"), .init("relabel", "no")])
    let path = Array(repeating: "backingStore", count: below.count) + ["source"]
    disk.element.edit(path) { $0.append(keepsOwner) }
    return disk
  }

  private var disk: DiskDevice {
    let layers = guest.disks.chain(of: guest.disks.active).map { files.layer($0, of: guest) }
    var disk = Self.disk(of: layers, on: guest.disks.isFlat ? nil : sealed(.disk, template))
    disk.discard = "unmap"
    // An ephemeral disk is thrown away at the next start: its writes need not reach the platter.
    disk.cache = guest.disk == .ephemeral ? "unsafe" : "none"
    return disk
  }
}

extension DomainType {
  /// libvirt's in-process test driver.
  static let test = Self(rawValue: "test")
}
