import Covey
import CoveyEngine
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// A guest's random life: operations on its disk between random writes, beside a book of what every state should read.
struct LayerSequence {
  let lab: LayerLab
  let daemon: LayerDaemon
  let whim: Whim
  let name: Name
  private(set) var book = DiskBook(now: LayerLab.pristine)
  /// What the guest wrote while an operation was under way, after the state that it made.
  private var late: [DiskWrite] = []
  /// What it had when each backup was made.
  private var backups: [Int: DiskContent] = [:]
  private(set) var history: [String] = []
  private var random: SeededGenerator

  /// - `daemon`: one whose moments `whim` hears of.
  init(_ lab: LayerLab, _ daemon: LayerDaemon, _ whim: Whim, seed: Int) {
    (self.lab, self.daemon, self.whim) = (lab, daemon, whim)
    name = Samples.name("s\(seed)")
    random = SeededGenerator(seed: UInt64(seed))
  }

  /// - Returns: what was wrong.
  mutating func run() async throws -> [String] {
    guard try await daemon.launch(name).status == .done else { return ["it does not start"] }
    var found: [String] = []
    for _ in 0..<Int.random(in: 6...10, using: &random) where found.isEmpty {
      try await scribble()
      found += try await act()
    }
    guard found.isEmpty else { return found }
    try await scribble()
    if try await guest.state.hasMachine { try await stop() }
    found += try await LayerInspection(
      lab: lab, guest: guest, book: book
    ).complaints()
    try await daemon.ask(.delete(force: true), of: name)
    found += try await wrongBackups()
    for folder in ["\(lab.root)/g"] + lab.places {
      let left = try HostFiles.names(in: folder)
      if left.contains(name.text) { found.append("\(folder)/\(name) outlived its guest") }
    }
    return found
  }

  private var guest: Guest { get async throws { try await daemon.guest(name) } }

  private mutating func scribble() async throws {
    guard try await guest.state.hasMachine else { return }
    let count = Int.random(in: 1...3, using: &random)
    try await lab.scribble(count, on: guest, &book.now, using: &random)
  }

  /// The guest goes on writing meanwhile.
  private mutating func act() async throws -> [String] {
    whim.writes(seed: random.next(), below: book.now.size)
    defer { whim.writesNoMore() }
    let found = try await actAtRandom()
    for write in late { book.now.apply(write) }
    late = []
    return found
  }

  private mutating func actAtRandom() async throws -> [String] {
    let names = try await guest.disks.snapshots.map(\.name)
    switch Int.random(in: 0..<22, using: &random) {
    case 0...3: return try await snapshot(withMemory: false)
    case 4: return try await snapshot(withMemory: guest.state == .running)
    case 5...6: return try await restore(names)
    case 7...9: return try await forget(names)
    case 10...11: return try await move(cancelling: false)
    case 12: return try await move(cancelling: true)
    case 13: return try await resize()
    case 14...15: return try await backUp()
    case 16: return try await read(names)
    case 17: return try await flatten()
    case 18: return try await rebase()
    default:
      guard try await guest.state.hasMachine else { return try await ask(.start) }
      try await stop()
      return []
    }
  }

  private mutating func snapshot(withMemory: Bool) async throws -> [String] {
    let request = try SnapshotRequest(savesMemory: withMemory)
    let before = Set(try await guest.disks.snapshots.map(\.name))
    let found = try await ask(.snapshot(request))
    for snapshot in try await guest.disks.snapshots where !before.contains(snapshot.name) {
      book.states[snapshot.name] = book.now
    }
    return found
  }

  private mutating func restore(_ names: [Name]) async throws -> [String] {
    guard let taken = names.randomElement(using: &random), let content = book.states[taken] else {
      return []
    }
    let request = RestoreRequest(
      snapshot: taken, discards: Bool.random(using: &random),
      starts: Bool.random(using: &random), stopWithin: .zero)
    whim.killsBeforeDestroy = Int.random(in: 0..<10, using: &random) > 0
    defer { whim.killsBeforeDestroy = false }
    let before = Set(names)
    let found = try await ask(.restore(request))
    for snapshot in try await guest.disks.snapshots where !before.contains(snapshot.name) {
      book.states[snapshot.name] = book.now
    }
    book.now = content
    return found
  }

  private mutating func forget(_ names: [Name]) async throws -> [String] {
    guard let taken = names.randomElement(using: &random) else { return [] }
    book.states[taken] = nil
    return try await ask(.deleteSnapshot(taken))
  }

  private mutating func move(cancelling: Bool) async throws -> [String] {
    let folders: [String?] = [nil] + lab.places.map { "\($0)/\(name)" }
    let here = try await guest.disks.folder
    let there = folders.filter { $0 != here }.randomElement(using: &random) ?? nil
    if cancelling { whim.cancelsAfter = Int.random(in: 0..<12, using: &random) }
    defer { whim.cancelsAfter = nil }
    return try await ask(.moveDisk(MoveRequest(folder: there)), mayBeCancelled: cancelling)
  }

  private mutating func resize() async throws -> [String] {
    let size = book.now.size + Int.random(in: 1...2, using: &random) << 20
    let now = try await lab.layers.size(of: guest.disks.active, of: guest)
    guard now.bytes == Int64(book.now.size) else { return ["the disk has \(now)"] }
    let found = try await ask(.resizeDisk(to: ByteCount(bytes: Int64(size)), from: now))
    book.now.grow(to: size)
    return found
  }

  private mutating func backUp() async throws -> [String] {
    let place = "\(lab.root)/b"
    if HostFiles.facts(of: place) == nil { try HostFiles.makeFolder(place) }
    let set = try await lab.backups.set(in: "\(place)/\(name)")
    let token = RandomNames().uuid().filter { $0 != "-" }
    let request = try BackupRequest(
      folder: "\(place)/\(name)", set: set, newSeries: token,
      checkpoint: Guest.checkpointPrefix + token.prefix(8),
      isFull: Int.random(in: 0..<4, using: &random) == 0)
    let found = try await ask(.backup(request))
    if found.isEmpty { backups[set?.next ?? 1] = book.now }
    return found
  }

  private func wrongBackups() async throws -> [String] {
    var found: [String] = []
    let folder = "\(lab.root)/b/\(name)"
    for (id, content) in backups {
      let wrong = try await difference(of: "\(folder)/\(id).qcow2", from: content)
      if let wrong { found.append("backup \(id): \(wrong)") }
    }
    if HostFiles.facts(of: folder) != nil { try HostFiles.remove(folder) }
    return found
  }

  /// What exports and templates are made of: a state that nobody writes to, with or without what the template has.
  private mutating func read(_ names: [Name]) async throws -> [String] {
    let guest = try await guest
    guard let taken = names.randomElement(using: &random), let content = book.states[taken],
      let layer = guest.disks.snapshot(taken)?.layer
    else { return [] }
    let isWhole = Bool.random(using: &random)
    history.append("reading \(taken) of \(guest.disks.parents)")
    let file = try await lab.layers.extract(
      layer, of: guest, onTemplate: !isWhole, near: nil, report: { _ in })
    // What stands on the template names it as in an archive, beside itself, where here the guest's own layer may lie.
    let ground = isWhole ? nil : lab.layers.layers.sealed(.disk, guest.templateDigest)
    let wrong = try await difference(of: file, on: ground, from: content)
    try await lab.layers.dropExtract(of: guest, near: nil)
    return wrong.map { ["the copy of \(taken): \($0)"] } ?? []
  }

  /// - `ground`: what the image stands on, whatever it says itself.
  private func difference(
    of image: String, on ground: String? = nil, from content: DiskContent
  ) async throws -> String? {
    let raw = "\(lab.root)/state.raw"
    let backing = ground.map { ",backing.driver=qcow2,backing.file.filename=\($0)" } ?? ""
    try await Program.qemuImg.run(
      [
        "convert", "-U", "--image-opts", "-O", "raw",
        "driver=qcow2,file.filename=\(image)\(backing)", raw,
      ], to: "cannot read \(image)", subject: "test")
    defer { try? HostFiles.remove(raw) }
    return content.difference(from: try HostFiles.bytes(of: raw))
  }

  private mutating func flatten() async throws -> [String] {
    let guest = try await guest
    guard !guest.disks.isFlat, !guest.state.hasMachine || guest.disks.root == guest.disks.active
    else { return [] }
    return try await ask(.flatten)
  }

  private mutating func rebase() async throws -> [String] {
    let guest = try await guest
    guard !guest.state.hasMachine else { return [] }
    let other = guest.templateDigest == lab.template.digest ? lab.elder : lab.template
    return try await ask(.rebase(onto: other.digest))
  }

  /// Mostly as a power cut would: what the guest flushed must be there then too.
  private mutating func stop() async throws {
    if Int.random(in: 0..<12, using: &random) > 0 { lab.killMachine(name.text) }
    _ = try await ask(.stop(within: .zero, force: true))
  }

  private mutating func ask(_ request: GuestRequest, mayBeCancelled: Bool = false) async throws
    -> [String]
  {
    let tree = try await guest.disks
    history.append("\(request.verb) of \(tree.parents) at \(tree.active): \(request)")
    let outcome = try await daemon.ledger.request(request, on: name)
    guard let operation = outcome.operation else { return ["\(request) was ignored"] }
    let ended = try await daemon.over(operation)
    let written = whim.written()
    for write in written.early { book.now.apply(write) }
    late += written.late
    if ended.status == .done { return [] }
    if mayBeCancelled, ended.problem?.code == .cancelled { return [] }
    return ["\(request) \(ended.status): \(ended.problem.map { "\($0)" } ?? "")"]
  }
}

/// What happens to plans while they are carried out.
final class Whim: Sendable {
  private struct State {
    var killsBeforeDestroy = false
    var cancelsAfter: Int?
    var daemon: LayerDaemon?
    var random: SeededGenerator?
    var size = 0
    var early: [DiskWrite] = []
    var late: [DiskWrite] = []
  }

  /// At one moment of so many the guest writes.
  private static let writesAtOneOf = 3

  private let state = Mutex(State())

  /// QEMU takes a second or two to end when it is asked to.
  var killsBeforeDestroy: Bool {
    get { state.withLock(\.killsBeforeDestroy) }
    set { state.withLock { $0.killsBeforeDestroy = newValue } }
  }
  /// Moments after which the operation is cancelled.
  var cancelsAfter: Int? {
    get { state.withLock(\.cancelsAfter) }
    set { state.withLock { $0.cancelsAfter = newValue } }
  }

  func attach(_ daemon: LayerDaemon) { state.withLock { $0.daemon = daemon } }

  /// Has guests write at some moments of their operations.
  func writes(seed: UInt64, below size: Int) {
    state.withLock { state in
      state.random = SeededGenerator(seed: seed)
      state.size = size
    }
  }

  func writesNoMore() { state.withLock { $0.random = nil } }

  /// What was written since it was asked last: before operations had made their states, and afterwards.
  func written() -> (early: [DiskWrite], late: [DiskWrite]) {
    state.withLock { state in
      let written = (state.early, state.late)
      state.early = []
      state.late = []
      return written
    }
  }

  private func write(at point: FaultPoint, _ operation: Operation, in lab: LayerLab) async {
    let write = state.withLock { state -> DiskWrite? in
      guard var random = state.random else { return nil }
      defer { state.random = random }
      guard Int.random(in: 0..<Self.writesAtOneOf, using: &random) == 0 else { return nil }
      return DiskWrite.random(below: state.size, using: &random)
    }
    guard let write,
      let domain = try? await lab.link.connection().domain(named: operation.guest.text),
      case .running? = try? await domain.state(),
      (try? await lab.write([write], to: domain)) == true
    else { return }
    state.withLock { state in
      if point.isPastTurn(of: operation) {
        state.late.append(write)
      } else {
        state.early.append(write)
      }
    }
  }

  func reached(_ point: FaultPoint, _ operation: Operation, in lab: LayerLab) async {
    await write(at: point, operation, in: lab)
    if killsBeforeDestroy, point.moment == .before,
      operation.steps[point.step] == .destroy
    {
      lab.killMachine(operation.guest.text)
    }
    let (isNow, daemon) = state.withLock { state in
      guard let left = state.cancelsAfter else { return (false, state.daemon) }
      state.cancelsAfter = left > 0 ? left - 1 : nil
      return (left == 0, state.daemon)
    }
    // Too late for some moments, which is refused.
    if isNow { _ = try? await daemon?.ledger.cancel(operation.id) }
  }
}
