import Covey
import CoveyEngine
import Glibc
import Libvirt
import LibvirtXML
import Synchronization

extension LibvirtLayers {
  /// Room that a move leaves on the file system that it moves to.
  static let margin = ByteCount.mebibytes(64)
  private static let looksForAnEnd = 20

  public func survey(_ folder: String?, for guest: Guest) async throws -> MoveSurvey {
    try await check(folder, for: guest)
    let place = place(folder, for: guest)
    return MoveSurvey(
      folder: place.folder, usage: await usage(of: guest),
      free: DiskSpace(at: place.folder)?.free ?? ByteCount(bytes: 0),
      rate: try place.measureRate())
  }

  public func check(_ folder: String?, for guest: Guest) async throws {
    try place(folder, for: guest).check(
      room: await usage(of: guest).total + Self.margin, besides: files.layers(of: guest),
      outside: folder == nil ? nil : state)
  }

  public func claim(_ folder: String?, for guest: Guest) async throws {
    try await check(folder, for: guest)
    try place(folder, for: guest).claim()
  }

  public func copy(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let target = moved(guest, to: folder)
    // It turned to its copies already, and this was not recorded.
    if let machine = try await machine(of: guest),
      machine.chain.contains(layers.path(layer, of: target))
    {
      return
    }
    try await copy(
      layers.path(layer, of: guest), to: layers.path(layer, of: target), rate, guest, report)
    // The copy names the file that the source stood on; its own lies beside it.
    if let below = guest.disks.parents[layer] ?? nil {
      try await layers.rename(below: layer, to: below, of: target)
    }
    try HostFiles.synchronize(layers.path(layer, of: target))
    try HostFiles.synchronize(files.layers(of: target))
  }

  public func copyMemory(
    _ memory: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    try await copy(
      files.memory(memory, of: guest), to: files.memory(memory, of: moved(guest, to: folder)), rate,
      guest, report)
    try HostFiles.synchronize(files.layers(of: moved(guest, to: folder)))
  }

  private func copy(
    _ source: String, to target: String, _ rate: ByteCount?, _ guest: Guest,
    _ report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let copy = FileCopy(
      source: source, target: target, rate: rate, subject: "guest \(guest.name)")
    let counter = Counter(total: HostFiles.space(of: source), report: report)
    _ = try await copy.run(report: { counter.add($0) })
  }

  public func mirror(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let path = layers.path(layer, of: moved(guest, to: folder))
    guard let machine = try await machine(of: guest) else {
      // It turned to the copy before it ended, and this was not recorded: the copy is what the guest wrote last.
      if try await strayFile(of: guest) == path { return }
      try await copy(layer, of: guest, to: folder, rate: rate, report: report)
      return try HostFiles.remove(Self.mark(path))
    }
    // An earlier daemon got as far as the pivot.
    if machine.chain.first == path { return }
    guard machine.chain.first == layers.path(layer, of: guest) else {
      throw Self.notAsExpected(guest, machine.chain)
    }
    if machine.disk.mirror?.file != path {
      try await beginMirror(layer, of: guest, to: folder, rate: rate, machine)
    }
    try await awaitMirror(at: path, of: guest, report: report)
  }

  private func beginMirror(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?, _ machine: Machine
  ) async throws {
    let target = moved(guest, to: folder)
    let path = layers.path(layer, of: target)
    guard !HostFiles.areSame(path, layers.path(layer, of: guest)) else {
      throw Self.notAsExpected(guest, machine.chain)
    }
    let below = layers.path(below: layer, of: target)
    try HostFiles.write([], to: Self.mark(path), mode: 0o600)
    try await layers.make(
      path, on: below, size: QcowFile.virtualSize(of: layers.path(layer, of: guest)), guest)
    var disk = DiskDevice(file: path, target: GuestMachine.target)
    disk.backingChain =
      (target.disks.chain(of: layer).dropFirst().map { layers.path($0, of: target) }
      + [layers.image(below: guest)].compactMap(\.self))
      .map { BackingImage(file: $0, format: "qcow2") }
    let xml = try disk.element.serialised()
    try await hypervisor.attempting("mirroring the disk of", guest) { () throws(LibvirtError) in
      // Not with `synchronousWrites`: libvirt gives the copy what it stands on at the pivot alone, so that a write to a part of
      // a cluster would fill the rest of it with zeros there (libvirt 9.0, QEMU 7.2, seen). libvirt cannot take the job up after
      // the host's end (`transientJob`); covey can.
      try await machine.domain.copy(
        GuestMachine.target, to: xml, bandwidth: UInt64(rate?.bytes ?? 0),
        [.shallow, .reuseExternal, .transientJob])
    }
  }

  private func awaitMirror(
    at path: String, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    while true {
      guard let machine = try await machine(of: guest) else { throw Self.ended(guest) }
      guard let mirror = machine.disk.mirror, mirror.file == path else {
        throw Self.mirrorLost(guest, path)
      }
      if let job = try await job(on: machine.domain, guest) {
        report(Self.work(job))
      }
      if mirror.isReady { return }
      try await time.sleep(for: Self.lookEvery)
    }
  }

  public func stopMirror(of guest: Guest) async throws {
    guard let machine = try await machine(of: guest) else { return }
    if machine.disk.mirror != nil {
      try await hypervisor.attempting("ending the mirror of", guest) { () throws(LibvirtError) in
        try await machine.domain.endBlockJob(on: GuestMachine.target)
      }
    }
    try await release(guest, machine.domain)
  }

  /// The machine is held meanwhile: nothing is written between the moment at which QEMU turns to the copy and the one at which
  /// libvirt's definition says so, whatever is killed there. The mark stays until the record says what the machine turned to
  /// (`clear`).
  public func pivot(_ guest: Guest, to folder: String?) async throws {
    let path = layers.path(guest.disks.active, of: moved(guest, to: folder))
    guard let machine = try await machine(of: guest) else {
      return try await settle(guest, to: folder)
    }
    if machine.chain.first != path {
      guard machine.disk.mirror?.file == path else { throw Self.mirrorLost(guest, path) }
      do { try await turn(guest, machine.domain, to: path) } catch {
        // What counts is what QEMU did, and not what was heard of it.
        let isTurned = try await sheltered { try await hasTurned(guest, to: path) }
        if !isTurned { try await sheltered { try await release(guest, machine.domain) } }
        guard isTurned else { throw error }
        try Task.checkCancellation()
      }
    }
    do { try await release(guest, machine.domain) } catch {
      throw Self.unknown(guest, "runs on on the copy of its disk", error)
    }
  }

  private func turn(_ guest: Guest, _ domain: Domain, to path: String) async throws {
    try await hypervisor.pause(guest)
    try await hypervisor.attempting("turning to the copy of the disk of", guest) {
      () throws(LibvirtError) in
      try await domain.endBlockJob(on: GuestMachine.target, .pivot)
    }
    guard let chain = try await machine(of: guest)?.chain else { throw Self.ended(guest) }
    guard chain.first == path else { throw Self.notAsExpected(guest, chain) }
  }

  /// - Throws: `.unknownOutcome` when libvirt does not tell: then the step is done again, and not taken back.
  private func hasTurned(_ guest: Guest, to path: String) async throws -> Bool {
    do {
      guard let machine = try await machine(of: guest) else { throw Self.ended(guest) }
      return machine.chain.first == path
    } catch {
      throw Self.unknown(guest, "turned to the copy of its disk", error)
    }
  }

  private static func unknown(_ guest: Guest, _ what: String, _ error: any Error) -> Problem {
    Problem(
      .unknownOutcome, subject: "guest \(guest.name)",
      "nobody knows whether guest \"\(guest.name)\" \(what): \(error)", hint: "covey looks again")
  }

  /// Lets the machine run on that was held for the pivot, perhaps by an earlier daemon.
  private func release(_ guest: Guest, _ domain: Domain) async throws {
    guard guest.state != .standby, case .paused? = try? await domain.state() else { return }
    try await hypervisor.attempting("resuming", guest) { () throws(LibvirtError) in
      try await domain.resume()
    }
  }

  /// The machine is off. Where it had turned to the copy, its definition says so; else what it had is its disk, and what a
  /// mirror left is a part of it.
  private func settle(_ guest: Guest, to folder: String?) async throws {
    let active = guest.disks.active
    let new = layers.path(active, of: moved(guest, to: folder))
    let isMirror = HostFiles.facts(of: Self.mark(new)) != nil
    let isThere = HostFiles.facts(of: new) != nil
    if isMirror || !isThere, try await definedFile(of: guest) != new {
      try await copy(active, of: guest, to: folder, rate: nil) { _ in }
      try HostFiles.remove(Self.mark(new))
    }
  }

  /// Lies beside a file that QEMU mirrors to: until the pivot it may hold anything, and from then on what the guest wrote last.
  static func mark(_ path: String) -> String { path + GuestFolder.mirrorMark }

  /// The file that the machine turned to by a move whose end was never recorded; nil where the record is right.
  private func strayFile(of guest: Guest) async throws -> String? {
    guard let file = try await definedFile(of: guest),
      file != layers.path(guest.disks.active, of: guest),
      HostFiles.facts(of: Self.mark(file)) != nil
    else { return nil }
    return file
  }

  public func requireRecorded(_ guest: Guest) async throws {
    guard let file = try await strayFile(of: guest) else { return }
    throw Self.turnedAway(guest, file)
  }

  static func turnedAway(_ guest: Guest, _ file: String) -> Problem {
    let place = HostFiles.parent(of: HostFiles.parent(of: file))
    return Problem(
      .conflict, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" turned to \(file) by a move that was cut off",
      hint: "finish it, which loses nothing: covey disk move \(guest.name) --to \(place)")
  }

  public func clear(_ folder: String?, of guest: Guest, below limit: Int) async throws {
    let place = place(folder, for: guest)
    func isHere(_ file: String) -> Bool {
      HostFiles.areSame(HostFiles.parent(of: file), place.folder)
    }
    // The guest's own folder by another name: nothing in it is left over.
    if HostFiles.areSame(files.layers(of: guest), place.folder) { return }
    // Where it had turned to a copy, that is recorded by now.
    try HostFiles.remove(Self.mark(layers.path(guest.disks.active, of: guest)))
    if let chain = try await machine(of: guest)?.chain, let used = chain.first(where: isHere) {
      throw Problem(
        .conflict, subject: "guest \(guest.name)",
        "the machine of guest \"\(guest.name)\" uses \(used)",
        hint: "restart it: covey restart \(guest.name)")
    }
    if let file = try await definedFile(of: guest), isHere(file) {
      throw Self.notAsExpected(guest, [file])
    }
    try place.clear(below: limit, keepsFolder: folder == nil)
  }

  public func resize(_ guest: Guest, to size: ByteCount) async throws {
    guard let machine = try await machine(of: guest) else {
      return try await layers.resize(guest.disks.active, of: guest, to: size)
    }
    do {
      try await hypervisor.attempting("resizing the disk of", guest) { () throws(LibvirtError) in
        try await machine.domain.resizeBlock(GuestMachine.target, to: UInt64(size.bytes))
      }
    } catch {
      // libvirt hears of a machine's end a moment after the call has failed by it.
      for _ in 1...Self.looksForAnEnd {
        guard try await hypervisor.isRunning(guest) else { throw Self.ended(guest) }
        try await time.sleep(for: Self.lookEvery)
      }
      throw error
    }
  }

  /// The guest with its layers in another folder.
  private func moved(_ guest: Guest, to folder: String?) -> Guest {
    var moved = guest
    moved.disks.apply(.moved(to: folder), at: .zero)
    return moved
  }

  private func place(_ folder: String?, for guest: Guest) -> LayerPlace {
    LayerPlace(
      folder: files.layers(of: moved(guest, to: folder)), guest: guest, mode: folderMode)
  }

  private static func mirrorLost(_ guest: Guest, _ path: String) -> Problem {
    let room = DiskSpace(at: path)?.free ?? ByteCount(bytes: 0)
    guard room >= .mebibytes(1) else {
      return DiskSpace.full(
        "the mirror of the disk of guest \"\(guest.name)\" ended", subject: "guest \(guest.name)",
        at: path)
    }
    return Problem(
      .unavailable, subject: "guest \(guest.name)",
      "QEMU gave up the mirror of the disk of guest \"\(guest.name)\" at \(path)",
      hint:
        "the guest goes on where it was; look at the host's kernel log, and at QEMU's own words in the log "
        + "folder of libvirt")
  }
}

/// Adds up what was done.
private final class Counter: Sendable {
  private let done = Mutex(ByteCount(bytes: 0))
  private let total: ByteCount
  private let report: @Sendable (WorkDone) -> Void

  init(total: ByteCount, report: @escaping @Sendable (WorkDone) -> Void) {
    self.total = total
    self.report = report
  }

  func add(_ more: ByteCount) {
    let sum = done.withLock { done in
      done = done + more
      return done
    }
    report(WorkDone(done: sum, total: max(sum, total)))
  }
}
