import Covey
import CoveyEngine
import Glibc
import Libvirt
import LibvirtXML
import Logging

/// The layers of guests' disks: by libvirt's block jobs where a machine uses them, by qemu-img where none does.
///
/// What the machine uses is read from libvirt each time, never assumed.
public struct LibvirtLayers: Layers {
  let hypervisor: LibvirtHypervisor
  let files: GuestFolder
  let layers: LayerFiles
  let folderMode: mode_t
  /// Covey's own folder.
  let state: String
  let time: any TimeSource
  let logger: Logger

  /// - `sealed`: where a sealed file of a version of a template lies.
  /// - `state`: absolute path of covey's own folder, into which no disk is moved.
  /// - `opensFolders`: as `OverlayDisks` takes it.
  public init(
    hypervisor: LibvirtHypervisor, files: GuestFolder, state: String,
    sealed: @escaping @Sendable (SealedFile.Role, _ templateDigest: String) -> String,
    opensFolders: Bool = false, time: any TimeSource, logger: Logger
  ) {
    folderMode = opensFolders ? 0o711 : 0o700
    self.hypervisor = hypervisor
    self.files = files
    self.state = state
    self.time = time
    self.logger = logger
    layers = LayerFiles(files: files, time: time, sealed: sealed)
  }

  public func add(_ layer: Int, on parent: Int, of guest: Guest) async throws {
    try files.requireNoStranger(of: guest, besides: layer)
    if try await isTurned(to: layer, on: parent, of: guest) { return }
    try await requireUnused(layer, of: guest)
    try await requireBlank(layer, of: guest)
    try DiskSpace.require(
      OverlayDisks.leastFree, at: files.layers(of: guest),
      for: "cannot make a layer of the disk of guest \"\(guest.name)\"",
      subject: "guest \(guest.name)")
    try await layers.make(layer, on: parent, of: guest)
  }

  /// Whether the guest was had to write to the layer already: how far the plan was may have been lost with the host's power,
  /// and what the guest wrote since must not be. A layer that stands on another one is of no plan that is known.
  private func isTurned(to layer: Int, on parent: Int, of guest: Guest) async throws -> Bool {
    let path = layers.path(layer, of: guest)
    guard try await definedFile(of: guest) == path, layers.exists(layer, of: guest) else {
      return false
    }
    let below = layers.path(parent, of: guest)
    let named = try QcowFile.backing(of: path)
    guard let named, named == below || HostFiles.areSame(named, below) else {
      try await requireUnused(layer, of: guest)
      throw files.stranger(GuestFolder.layer(layer), of: guest)
    }
    return true
  }

  /// A plan that was cut off before its turn left an empty layer; what holds something was written by the guest.
  private func requireBlank(_ layer: Int, of guest: Guest) async throws {
    guard layers.exists(layer, of: guest) else { return }
    let path = layers.path(layer, of: guest)
    guard try await LayerMap.isEmpty(path, subject: "guest \(guest.name)") else {
      throw files.stranger(GuestFolder.layer(layer), of: guest)
    }
  }

  public func drop(_ layer: Int, of guest: Guest) async throws {
    try await requireUnused(layer, of: guest)
    // An earlier daemon may have been killed while the guest was to turn to it.
    if !guest.disks.layers.contains(layer), let machine = try await machine(of: guest) {
      await thaw(guest, machine.domain)
    }
    guard layers.exists(layer, of: guest) else { return }
    let path = layers.path(layer, of: guest)
    // The machine turned to it and ended before that was recorded: it may hold what the guest wrote last.
    if !guest.disks.layers.contains(layer), try await definedFile(of: guest) == path {
      throw notAsExpected(guest, [path])
    }
    try layers.remove(layer, of: guest)
  }

  public func pull(
    _ layer: Int, into child: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    guard layers.exists(layer, of: guest) else { return }
    let (lower, upper) = (layers.path(layer, of: guest), layers.path(child, of: guest))
    try requireSpace(for: lower, beside: upper, guest)
    let machine = try await machine(of: guest)
    if let machine, machine.chain.contains(upper) {
      guard machine.chain.first == upper else { throw notAsExpected(guest, machine.chain) }
      let base = layers.path(below: layer, of: guest)
      try await merge(guest, until: { !$0.contains(lower) }, report: report) {
        domain throws(LibvirtError) in
        try await domain.pull(GuestMachine.target, above: base)
      }
      try await flush(guest, machine.domain)
      try await requireWhole(upper, with: lower, guest)
    } else {
      try await layers.pull(layer, into: child, of: guest, besides: machine?.chain ?? [])
    }
    try layers.remove(layer, of: guest)
  }

  public func commit(
    _ layer: Int, into parent: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    guard layers.exists(layer, of: guest) else { return }
    let (upper, lower) = (layers.path(layer, of: guest), layers.path(parent, of: guest))
    try requireSpace(for: upper, beside: lower, guest)
    var chain = try await machine(of: guest)?.chain ?? []
    if chain.contains(upper) {
      guard chain.first != upper else { throw notAsExpected(guest, chain) }
      try await merge(guest, until: { !$0.contains(upper) }, report: report) {
        domain throws(LibvirtError) in
        try await domain.commit(GuestMachine.target, top: upper, into: lower)
      }
      chain = try await machine(of: guest)?.chain ?? []
    }
    // Also where an earlier daemon got as far as the merge.
    if chain.contains(lower) {
      try await flush(guest, hypervisor.requireDomain(of: guest))
      try await HostFiles.settle(lower)
      try await requireWhole(lower, with: upper, guest)
    } else {
      try await layers.commit(layer, into: parent, of: guest, besides: chain)
    }
    // QEMU has told the layer in its own chain; those of other branches are told here.
    for child in guest.disks.children(of: layer)
    where !chain.contains(layers.path(child, of: guest)) {
      try await layers.rename(below: child, to: parent, of: guest)
    }
    try layers.remove(layer, of: guest)
  }

  public func dropMemory(_ memory: Int, of guest: Guest) async throws {
    try HostFiles.remove(files.memory(memory, of: guest))
    try HostFiles.synchronize(files.layers(of: guest))
  }

  public func mendLeaks(of guest: Guest) async throws {
    guard try await machine(of: guest) == nil else { return }
    for layer in guest.disks.layersInOrder {
      try await layers.mendNames(downFrom: layer, of: guest)
      try await layers.mendLeaks(of: layer, of: guest)
    }
  }

  public func size(of layer: Int, of guest: Guest) async throws -> ByteCount {
    try QcowFile.virtualSize(of: layers.path(layer, of: guest))
  }

  public func usage(of guest: Guest) async -> LayerUsage {
    let memories = guest.disks.snapshots.compactMap(\.memory)
    return LayerUsage(
      layers: Dictionary(
        uniqueKeysWithValues: guest.disks.layers.map {
          ($0, HostFiles.space(of: layers.path($0, of: guest)))
        }),
      memories: Dictionary(
        uniqueKeysWithValues: memories.map {
          ($0, HostFiles.space(of: files.memory($0, of: guest)))
        }
      ))
  }

  public func difference(between old: Int, and new: Int, of guest: Guest) async throws -> ByteCount
  {
    let (left, right) = (guest.disks.chain(of: old), guest.disks.chain(of: new))
    let apart = left.filter { !right.contains($0) } + right.filter { !left.contains($0) }
    var changed = LayerMap()
    for layer in apart {
      changed = try await changed.union(
        LayerMap.of(layers.path(layer, of: guest), subject: "guest \(guest.name)"))
    }
    return changed.size
  }
}

// What the machine uses.
extension LibvirtLayers {
  struct Machine {
    let domain: Domain
    /// Files that it uses, the one that it writes to first.
    let chain: [String]
    let disk: DiskDevice
  }

  /// The guest's machine and what it uses; nil while it is off.
  func machine(of guest: Guest) async throws -> Machine? {
    guard try await hypervisor.isRunning(guest),
      let domain = try await hypervisor.domain(of: guest)
    else { return nil }
    let xml = try await hypervisor.attempting("looking at the disk of", guest) {
      () throws(LibvirtError) in try await domain.xml()
    }
    let disk = try DomainDocument(parsing: xml).disks.first { $0.target == GuestMachine.target }
    guard let disk, let file = disk.file else {
      throw Problem(
        .conflict, subject: "guest \(guest.name)",
        "the machine of guest \"\(guest.name)\" has no disk \(GuestMachine.target)",
        hint: "restart it: covey restart \(guest.name)")
    }
    return Machine(
      domain: domain, chain: [file] + (disk.backingChain ?? []).map(\.file), disk: disk)
  }

  /// The file that the guest's definition has its machine write to at its next start. It follows what QEMU turns to.
  func definedFile(of guest: Guest) async throws -> String? {
    guard let domain = try await hypervisor.domain(of: guest) else { return nil }
    let xml = try await hypervisor.attempting("looking at the disk of", guest) {
      () throws(LibvirtError) in try await domain.xml(.inactive)
    }
    return try DomainDocument(parsing: xml).disks
      .first { $0.target == GuestMachine.target }?.file
  }

  private func requireUnused(_ layer: Int, of guest: Guest) async throws {
    guard let machine = try await machine(of: guest) else { return }
    let path = layers.path(layer, of: guest)
    guard !machine.chain.contains(path) else { throw notAsExpected(guest, machine.chain) }
    try await requireClosed([path], machine.domain, guest)
  }

  /// QEMU's monitor does not say whether a flush succeeded (7.2); the file does.
  func requireWhole(_ merged: String, with other: String, _ guest: Guest) async throws {
    let subject = "guest \(guest.name)"
    let own = try await LayerMap.of(merged, subject: subject)
    guard try await own.union(LayerMap.of(other, subject: subject)) != own else { return }
    throw Problem(
      .unavailable, subject: subject,
      "QEMU did not write all that it merged into the disk of guest \"\(guest.name)\" to \(merged)",
      hint: "look for room there, and at the host's kernel log; nothing is lost, and \(other) stays"
    )
  }

  private func requireSpace(for source: String, beside target: String, _ guest: Guest) throws {
    try DiskSpace.require(
      HostFiles.space(of: source), at: target,
      for: "cannot merge layers of the disk of guest \"\(guest.name)\"",
      subject: "guest \(guest.name)")
  }

  /// What a machine uses is not what a step needs it to use.
  func notAsExpected(_ guest: Guest, _ chain: [String]) -> Problem {
    if let first = chain.first, HostFiles.facts(of: Self.mark(first)) != nil {
      return Self.turnedAway(guest, first)
    }
    if chain.first == layers.path(guest.disks.active, of: guest) { return Self.inUse(guest) }
    return Problem(
      .conflict, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" uses other files than covey gave it: "
        + chain.joined(separator: " on "),
      hint:
        "somebody changed it outside covey, and what it wrote since is in those files; copy them before it is stopped: "
        + "covey restart \(guest.name) goes back to what covey knows"
    )
  }

  /// It was off when this was decided, or was thought to be.
  private static func inUse(_ guest: Guest) -> Problem {
    Problem(
      .conflict, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" runs, and writes to its disk meanwhile",
      hint: guest.wayToStop)
  }
}
