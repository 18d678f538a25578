import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

/// Warm sets as folders of a shelf, each named by its content address (`WarmPlaces` shows them).
public actor WarmFolder: WarmShelf {
  private let places: WarmPlaces
  private let templates: TemplateFolder
  private let hypervisor: LibvirtHypervisor
  private let opensFolders: Bool
  private let check = SealCheck()
  private var makers: [String: WarmMaker] = [:]

  /// - `opensFolders`: whether QEMU runs as an account of its own, which must reach the files.
  public init(
    places: WarmPlaces, templates: TemplateFolder, hypervisor: LibvirtHypervisor,
    opensFolders: Bool = false
  ) {
    self.places = places
    self.templates = templates
    self.hypervisor = hypervisor
    self.opensFolders = opensFolders
  }

  public func boot(_ machine: Guest, from template: Template) async throws {
    guard !hypervisor.link.isTest else {
      throw Problem(
        .unsupported, subject: "template \(template.name)",
        "libvirt's test driver runs no machine that could be kept warm",
        hint: "use a QEMU connection: coveyd --connect qemu:///embed?root=DIR")
    }
    try await templates.verify(template)
    try HostFiles.makeFolder(places.shelf)
    let needed = ByteCount(bytes: machine.machine.memory.bytes + ByteCount.mebibytes(256).bytes)
    try DiskSpace.require(
      needed, at: places.shelf,
      for: "\(machine.machine.memory) of memory and a disk cannot be kept",
      subject: "template \(template.name)")
    let maker = WarmMaker(
      machine: machine, template: template,
      fingerprint: try await hypervisor.fingerprint(of: template, machine.machine),
      place: try BuildPlace(in: places.shelf), hypervisor: hypervisor, templates: templates,
      opensFolders: opensFolders)
    makers[machine.uuid] = maker
    try await maker.boot()
  }

  public func cpuTime(of machine: Guest) async throws -> Duration {
    let domain = try await hypervisor.requireDomain(of: machine)
    return try await hypervisor.attempting("looking at", machine) { () throws(LibvirtError) in
      try await domain.info().cpuTime
    }
  }

  public func consoleTail(of machine: Guest, lines: Int) async -> [String] {
    makers[machine.uuid].map { ConsoleLog(path: $0.files.log(of: machine.name)).tail(lines) } ?? []
  }

  public func rehearse(_ machine: Guest, of template: Template) async throws {
    try await maker(of: machine, template).rehearse()
  }

  public func seal(
    _ machine: Guest, of template: Template, bootTime: Duration, at now: Timestamp,
    report: @escaping @Sendable (String) -> Void
  ) async throws -> WarmSet {
    let maker = try maker(of: machine, template)
    let fingerprint = maker.fingerprint
    try await maker.save(report: report)
    report("sealing")
    let files = try await maker.seal()
    let description = try WarmDescription(
      template: template.name, templateDigest: template.digest, machine: machine.machine,
      fingerprint: fingerprint, files: files
    ).bytes()
    let set = WarmSet(
      id: FileDigest.of(bytes: description), template: template.name,
      templateDigest: template.digest, machine: machine.machine, fingerprint: fingerprint,
      files: files, bootTime: bootTime, created: now)
    try Task.checkCancellation()
    try keep(maker.sealed, as: set, description)
    await abandon(machine)
    return set
  }

  private func maker(of machine: Guest, _ template: Template) throws -> WarmMaker {
    if let maker = makers[machine.uuid] { return maker }
    throw Problem(
      .notFound, subject: "template \(template.name)", "its machine is not being made warm",
      hint: "ask for it again: covey template warm \(template.name)")
  }

  private func keep(_ sealed: String, as set: WarmSet, _ description: [UInt8]) throws {
    try HostFiles.write(
      description, to: "\(sealed)/\(WarmDescription.fileName)", mode: 0o400)
    try HostFiles.synchronize(sealed)
    try HostFiles.rename(sealed, to: places.folder(of: set))
    try HostFiles.setMode(opensFolders ? 0o511 : 0o500, of: places.folder(of: set))
    try HostFiles.synchronize(places.shelf)
  }

  public func abandon(_ machine: Guest) async {
    guard let maker = makers.removeValue(forKey: machine.uuid) else { return }
    // What cannot be ended or removed now is swept when coveyd starts next.
    try? await hypervisor.destroy(machine)
    try? await hypervisor.bridge?.release(machine)
    try? HostFiles.remove(maker.place.path)
    maker.place.unlock()
  }

  public func verify(_ set: WarmSet, of template: Template) async throws {
    let now = try await hypervisor.fingerprint(of: template, set.machine)
    let differences = set.fingerprint.differences(from: now)
    guard differences.isEmpty else {
      throw Problem(
        .outdated, subject: "template \(set.template)",
        "the warm set \(set.shortID) of template \"\(set.template)\" was saved under other circumstances: "
          + differences.joined(separator: ", "),
        hint: "covey makes it anew by itself; until then guests boot")
    }
    for file in set.files {
      try await check.check(
        places.path(of: file.role, in: set), digest: file.digest,
        subject: "template \(set.template)",
        hint: "covey makes the warm set anew by itself; forks that run on it may be damaged: "
          + "restart them")
    }
  }

  public func remove(_ set: WarmSet) async throws {
    let folder = places.folder(of: set)
    check.forget(below: folder)
    guard HostFiles.facts(of: folder) != nil else { return }
    // Out of sight first, so that a crash cannot leave half a set under its identifier.
    let place = try BuildPlace(in: places.shelf)
    defer { place.unlock() }
    try HostFiles.setMode(0o700, of: folder)
    try HostFiles.rename(folder, to: "\(place.path)/removed")
    try HostFiles.remove(place.path)
  }

  public func usage(of set: WarmSet) async -> WarmUsage {
    let sizes = WarmFile.Role.allCases.map {
      ($0, HostFiles.space(of: places.path(of: $0, in: set)))
    }
    return WarmUsage(
      disk: sizes.reduce(ByteCount(bytes: 0)) { $0 + $1.1 },
      memory: sizes.first { $0.0 == .memory }?.1 ?? ByteCount(bytes: 0))
  }

  public func sweep(besides known: Set<String>) async {
    guard !hypervisor.link.isTest, HostFiles.facts(of: places.shelf) != nil else { return }
    await endStrandedMachines()
    // As above: at the next start, or when a template is made warm.
    try? await hypervisor.bridge?.sweepWarming()
    // Making a place sweeps those that nobody holds. What cannot be removed now is tried again at the next start.
    guard let place = try? BuildPlace(in: places.shelf) else { return }
    for name in (try? HostFiles.names(in: places.shelf)) ?? []
    where !name.hasPrefix(".") && !known.contains(name) {
      try? HostFiles.remove("\(places.shelf)/\(name)")
    }
    try? HostFiles.remove(place.path)
    place.unlock()
  }

  /// Machines of this installation that were being made into sets when an earlier daemon ended.
  private func endStrandedMachines() async {
    guard let connection = try? await hypervisor.link.connection(),
      let domains = try? await connection.domains(.active)
    else { return }  // whoever needs the connection next reports why it is not there
    for domain in domains {
      guard let mark = try? await domain.metadata(uri: WarmMaker.namespace),
        let element = try? Element(parsing: mark), element.text == hypervisor.installation
      else { continue }
      try? await domain.destroy()
    }
  }
}
