import Covey
import CoveyEngine
import Glibc
import Libvirt
import LibvirtXML

// The layer that the guest writes to: copied while it does, until the guest turns to the copy.
extension LibvirtLayers {
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
      throw notAsExpected(guest, machine.chain)
    }
    if machine.disk.mirror?.file != path {
      try await beginMirror(layer, of: guest, to: folder, rate: rate, machine)
    }
    try await awaitMirror(at: path, of: guest, rate: rate, report: report)
  }

  private func beginMirror(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?, _ machine: Machine
  ) async throws {
    let target = moved(guest, to: folder)
    let path = layers.path(layer, of: target)
    guard !HostFiles.areSame(path, layers.path(layer, of: guest)) else {
      throw notAsExpected(guest, machine.chain)
    }
    try await requireClosed([path], machine.domain, guest)
    let below = layers.path(below: layer, of: target)
    try HostFiles.write([], to: Self.mark(path), mode: 0o600)
    try await layers.make(
      path, on: below, size: QcowFile.virtualSize(of: layers.path(layer, of: guest)), guest)
    let xml = try mirrorDisk(layer, of: target).element.serialised()
    try await hypervisor.attempting("mirroring the disk of", guest) { () throws(LibvirtError) in
      // Not with `synchronousWrites`: libvirt gives the copy what it stands on at the pivot alone, so that a write to a part of
      // a cluster would fill the rest of it with zeros there (libvirt 9.0, QEMU 7.2, seen). libvirt cannot take the job up after
      // the host's end (`transientJob`); covey can.
      try await machine.domain.copy(
        GuestMachine.target, to: xml, bandwidth: UInt64(rate?.bytes ?? 0),
        [.shallow, .reuseExternal, .transientJob])
    }
  }

  /// What a mirror copies to, which is the machine's disk from the turn on: as its definition has it.
  func mirrorDisk(_ layer: Int, of target: Guest) -> DiskDevice {
    GuestMachine.disk(
      of: target.disks.chain(of: layer).map { layers.path($0, of: target) },
      on: layers.image(below: target))
  }

  /// A guest that writes faster than the rate allows would keep its mirror from ever being ready: the rate is then raised.
  private func awaitMirror(
    at path: String, of guest: Guest, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    var throttle = rate.map { MirrorThrottle(rate: $0, began: time.now()) }
    while true {
      guard let machine = try await machine(of: guest) else { throw Self.ended(guest) }
      guard let mirror = machine.disk.mirror, mirror.file == path else {
        throw Self.mirrorLost(guest, path)
      }
      if let job = try await job(on: machine.domain, guest) {
        let work = Self.work(job)
        report(work)
        if let rate = throttle?.raised(seeing: work, at: time.now()) {
          try await raise(machine.domain, guest, to: rate)
        }
      }
      if mirror.isReady { return }
      try await time.sleep(for: Self.lookEvery)
    }
  }

  private func raise(_ domain: Domain, _ guest: Guest, to rate: ByteCount) async throws {
    logger.notice(
      "it writes faster than its move may copy; the move goes on with \(rate)/s",
      metadata: ["guest": "\(guest.name)"])
    try await hypervisor.attempting("mirroring the disk of", guest) { () throws(LibvirtError) in
      try await domain.setBlockJobBandwidth(GuestMachine.target, to: UInt64(rate.bytes))
    }
  }

  public func stopMirror(of guest: Guest) async throws {
    guard let machine = try await machine(of: guest) else { return }
    let isCopied = try await job(on: machine.domain, guest)?.kind == .copy
    if isCopied || machine.disk.mirror != nil {
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
      try requireCopies(of: guest, in: folder, with: path)
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

  /// QEMU holds its copy open wherever it is, also on a file system that was unmounted meanwhile; the next start would look for
  /// it by its name, and find nothing.
  private func requireCopies(of guest: Guest, in folder: String?, with active: String) throws {
    let target = moved(guest, to: folder)
    let files = target.disks.layers.map { layers.path($0, of: target) } + [Self.mark(active)]
    guard let missing = files.first(where: { HostFiles.facts(of: $0) == nil }) else { return }
    throw Problem(
      .unavailable, subject: "guest \(guest.name)",
      "the copy of the disk of guest \"\(guest.name)\" is not there any more: there is no \(missing)",
      hint: "the guest goes on where it was; look whether the file system there is still mounted")
  }

  private func turn(_ guest: Guest, _ domain: Domain, to path: String) async throws {
    try await hypervisor.pause(guest)
    try await hypervisor.attempting("turning to the copy of the disk of", guest) {
      () throws(LibvirtError) in
      try await domain.endBlockJob(on: GuestMachine.target, .pivot)
    }
    guard let chain = try await machine(of: guest)?.chain else { throw Self.ended(guest) }
    guard chain.first == path else { throw notAsExpected(guest, chain) }
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
    // Only what is kept is ever moved.
    guard guest.disk == .persistent, let file = try await strayFile(of: guest) else { return }
    throw Self.turnedAway(guest, file)
  }

  static func turnedAway(_ guest: Guest, _ file: String) -> Problem {
    let place = HostFiles.parent(of: HostFiles.parent(of: file))
    return Problem(
      .conflict, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" turned to \(file) by a move that was cut off",
      hint: "finish it, which loses nothing: covey disk move \(guest.name) --to \(place)")
  }

  private static func mirrorLost(_ guest: Guest, _ path: String) -> Problem {
    let room = DiskSpace(at: path)?.free ?? ByteCount(bytes: 0)
    guard room >= .mebibytes(1) else {
      return DiskSpace.full(
        "the mirror of the disk of guest \"\(guest.name)\" ended", subject: "guest \(guest.name)",
        at: path, hint: DiskSpace.chooseAnother)
    }
    return Problem(
      .unavailable, subject: "guest \(guest.name)",
      "QEMU gave up the mirror of the disk of guest \"\(guest.name)\" at \(path)",
      hint:
        "the guest goes on where it was; look at the host's kernel log, and at QEMU's own words in the log "
        + "folder of libvirt")
  }
}
