import Covey
import Glibc
import Libvirt
import LibvirtXML

extension LibvirtHypervisor {
  /// What a machine of this template and size would be resumed by now.
  func fingerprint(of template: Template, _ machine: MachineSize) async throws -> Fingerprint {
    let facts = try await emulators.facts(on: link, type: type)
    let devices = try await emulators.devices(
      of: template, machine, type: type, network: network)
    return Fingerprint(
      qemu: facts.qemu, machine: facts.machine,
      cpu: type == .kvm ? "host-passthrough \(facts.hostCPU)" : "maximum",
      accelerator: type == .kvm ? .kvm : .tcg,
      devices: devices, image: template.digest)
  }
}

/// What there is to know of QEMU and of the host's processor, asked once for each QEMU program; and what machines look
/// like, worked out once for each kind: every fork is checked against both.
actor EmulatorFacts {
  struct Facts: Sendable, Hashable {
    let qemu: String
    let machine: String
    /// First digits of a digest over the processor as libvirt describes it, its microcode included.
    let hostCPU: String
  }

  private struct Kind: Hashable {
    let template: String
    let machine: MachineSize
    let type: DomainType
  }

  private var kinds: [Kind: String] = [:]
  private var path: String?
  private var known: [String: Facts] = [:]

  /// `WarmMachine.devices`.
  func devices(
    of template: Template, _ machine: MachineSize, type: DomainType, network: GuestNetwork
  ) throws -> String {
    let kind = Kind(template: template.digest, machine: machine, type: type)
    if let known = kinds[kind] { return known }
    let digest = try WarmMachine.devices(of: template, machine, type: type, network: network)
    kinds[kind] = digest
    return digest
  }

  func facts(on link: LibvirtLink, type: DomainType) async throws -> Facts {
    let sight = path.map(Self.sight)
    if let sight, let facts = known[sight + type.rawValue] { return facts }
    do {
      let connection = try await link.connection()
      let capabilities = try DomainCapabilities(
        parsing: await connection.domainCapabilities(machine: "pc", virtualization: type.rawValue))
      let host = try Element(parsing: await connection.capabilities())
      let emulator = capabilities.emulator ?? ""
      let cpu = try host.at("host", "cpu")?.serialised() ?? ""
      let sight = Self.sight(emulator)
      let facts = Facts(
        qemu: "\(try await connection.hypervisorVersion()) \(sight), "
          + "libvirt \(try await connection.libraryVersion())",
        machine: capabilities.machine ?? "pc",
        hostCPU: String(FileDigest.of(bytes: Array(cpu.utf8)).prefix(12)))
      (path, known[sight + type.rawValue]) = (emulator, facts)
      return facts
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(
        .unavailable, subject: link.uri, "libvirt at \(link.uri) does not describe QEMU: \(error)",
        hint: "see: covey doctor")
    }
  }

  /// Size and time of the program: distributions mend QEMU without a new version.
  private static func sight(_ path: String) -> String {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return "elsewhere" }
    return "\(facts.st_size)-\(facts.st_mtim.tv_sec)"
  }
}
