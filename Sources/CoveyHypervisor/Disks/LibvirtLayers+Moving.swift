import Covey
import CoveyEngine
import Glibc
import Libvirt
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
      rate: try await HostFiles.apart { _ in try place.measureRate() })
  }

  public func check(_ folder: String?, for guest: Guest) async throws {
    let (place, current) = (place(folder, for: guest), files.layers(of: guest))
    let needed = await usage(of: guest).total
    // What a move left there that was cut off is replaced, file by file.
    let there = try place.isOurs() ? await usage(of: moved(guest, to: folder)).total.bytes : 0
    let room = ByteCount(bytes: max(0, needed.bytes - there)) + Self.margin
    let outside = folder == nil ? nil : state
    try await HostFiles.apart { _ in
      try place.check(room: room, besides: current, outside: outside)
    }
  }

  public func claim(_ folder: String?, for guest: Guest) async throws {
    try await check(folder, for: guest)
    let place = place(folder, for: guest)
    try await HostFiles.apart { _ in try place.claim() }
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
    if let machine = try await machine(of: guest) {
      try await requireClosed([target], machine.domain, guest)
    }
    let copy = FileCopy(
      source: source, target: target, rate: rate, subject: "guest \(guest.name)")
    let counter = Counter(total: HostFiles.space(of: source), report: report)
    let digest = try await copy.run(report: { counter.add($0) })
    logger.info(
      "a file of a guest's disk is copied",
      metadata: [
        "guest": "\(guest.name)", "source": "\(source)", "target": "\(target)",
        "sha256": "\(digest)",
      ])
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
    if let machine = try await machine(of: guest) {
      if let file = machine.chain.first(where: isHere) {
        throw Problem(
          .conflict, subject: "guest \(guest.name)",
          "the machine of guest \"\(guest.name)\" uses \(file)",
          hint: "restart it: covey restart \(guest.name)")
      }
      try await requireClosed(Set(place.files(below: limit)), machine.domain, guest)
    }
    if let file = try await definedFile(of: guest), isHere(file) {
      throw notAsExpected(guest, [file])
    }
    try await HostFiles.apart { _ in try place.clear(below: limit, keepsFolder: folder == nil) }
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
  func moved(_ guest: Guest, to folder: String?) -> Guest {
    var moved = guest
    moved.disks.apply(.moved(to: folder), at: .zero)
    return moved
  }

  private func place(_ folder: String?, for guest: Guest) -> LayerPlace {
    LayerPlace(
      folder: files.layers(of: moved(guest, to: folder)), guest: guest, mode: folderMode)
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
