import Covey
import CoveyEngine
import Glibc
import Libvirt
import LibvirtXML

/// The machine that a warm set is made from, and the place in which its files come to be.
///
/// ```
/// SHELF/.building-XXXXXX/NAME/...              its disk and console, as a guest's folder has them
/// SHELF/.building-XXXXXX/sealed/memory, state  what becomes the set
/// ```
///
/// The machine is transient and carries its own mark, so that it is never taken for a guest and found again after a
/// daemon that was killed.
struct WarmMaker: Sendable {
  /// Marks the machine in libvirt's `<metadata>`, with the installation as its text.
  static let namespace = "urn:covey:warming:1"

  /// How long the guest may take to hear who it is: who listens may start last of all, long after the service.
  static let rehearseWithin: Duration = .seconds(180)
  /// How long it may take until everything is on its disk.
  static let syncWithin: Duration = .seconds(60)

  let machine: Guest
  let template: Template
  /// Taken before the machine starts: another QEMU may be there by the time that it is saved.
  let fingerprint: Fingerprint
  let place: BuildPlace
  let hypervisor: LibvirtHypervisor
  let templates: TemplateFolder
  /// Whether QEMU runs as an account of its own, which must reach the files.
  let opensFolders: Bool

  var sealed: String { "\(place.path)/sealed" }
  var files: GuestFolder { GuestFolder(guests: place.path) }
  func path(_ role: WarmFile.Role) -> String { "\(sealed)/\(WarmPlaces.fileName(of: role))" }
  private var subject: String { "template \(template.name)" }

  /// Space for the memory is set aside before the machine starts.
  func boot() async throws {
    try HostFiles.makeFolder(sealed)
    let folder = HostFiles.parent(of: files.disk(of: machine.name))
    try HostFiles.makeFolder(folder)
    if opensFolders {
      for path in [place.path, sealed, folder] { try HostFiles.setMode(0o711, of: path) }
    }
    try HostFiles.reserve(machine.machine.memory, at: path(.memory), mode: 0o600)
    try QEMUAccount.give(path(.memory), when: opensFolders)
    try await Program.qemuImg.run(
      [
        "create", "-q", "-f", "qcow2", "-F", "qcow2",
        "-b", templates.path(of: .disk, in: template), files.disk(of: machine.name),
      ], to: "cannot make the disk of \(subject)", subject: subject, space: place.path,
      within: .seconds(60))
    var document = try GuestMachine(
      guest: machine, template: template, files: files, sealed: hypervisor.sealed,
      type: hypervisor.type, installation: hypervisor.installation, network: hypervisor.network
    ).document()
    document.name = "covey-\(machine.name)"
    document.setMetadata(nil, uri: GuestRecord.namespace)
    document.setMetadata(
      Element("covey:warming", text: hypervisor.installation), uri: Self.namespace)
    let xml = try WarmMachine.template(document, memory: path(.memory)).serialised()
    try await hypervisor.bridge?.reserve(forWarming: machine)
    let connection = try await hypervisor.link.connection()
    try await hypervisor.attempting("starting", machine) { () throws(LibvirtError) in
      _ = try await connection.create(domainXML: xml)
    }
    try await hypervisor.exposePorts(of: machine)
  }

  func rehearse() async throws {
    try await tell(hypervisor.wholeIdentity(of: machine), within: Self.rehearseWithin)
  }

  /// Has the guest write everything to its disk, saves the machine, and ends it for good.
  func save(report: (String) -> Void) async throws {
    let domain = try await hypervisor.requireDomain(of: machine)
    report("writing everything to the disk")
    try await tell(.sync, within: Self.syncWithin)
    report("saving memory and devices")
    try await hypervisor.concealPorts(of: machine)
    try await hypervisor.pause(machine)
    try HostFiles.write([], to: path(.state), mode: 0o600)
    try await MachineState(domain: domain, subject: subject, time: hypervisor.time)
      .save(to: path(.state))
    try await hypervisor.destroy(machine)
    try HostFiles.rename(files.disk(of: machine.name), to: path(.disk))
  }

  private func tell(_ request: IdentityRequest, within limit: Duration) async throws {
    guard let carrier = template.identity else { return }
    try await IdentityMessenger(files: files, time: hypervisor.time).send(
      request, to: machine, by: carrier, domain: hypervisor.requireDomain(of: machine),
      within: limit)
  }

  /// Digests of what was saved; nothing may write to it from now on.
  func seal() async throws -> [WarmFile] {
    try await HostFiles.digHoles(in: path(.memory), subject: subject)
    var sealed: [WarmFile] = []
    for role in WarmFile.Role.allCases {
      // QEMU 7.2 opens memory for writing even where it maps it privately.
      if role != .memory { try HostFiles.setMode(0o400, of: path(role)) }
      try await HostFiles.settle(path(role))
      let size = Int64(HostFiles.facts(of: path(role))?.st_size ?? 0)
      sealed.append(
        WarmFile(
          role: role, digest: try await FileDigest.of(path(role)), size: ByteCount(bytes: size)))
    }
    return sealed
  }
}
