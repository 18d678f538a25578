import Covey
import CoveyEngine
import Foundation
import Support
import Testing

@testable import CoveyHypervisor

/// The life of a guest whose disk is backed up now and then, beside a book of what it read at each backup.
struct BackupLife {
  let lab: LayerLab
  let store: MemoryStore
  var daemon: LayerDaemon
  let name: Name
  private(set) var now = LayerLab.pristine
  private var states: [Name: DiskContent] = [:]
  /// By folder and number.
  private(set) var book: [String: [Int: DiskContent]] = [:]
  var random: SeededGenerator

  init(_ lab: LayerLab, name: String = "db", seed: UInt64 = 1) throws {
    self.lab = lab
    self.name = Samples.name(name)
    store = lab.stocked()
    daemon = try lab.daemon(on: store) { _, _ in }
    random = SeededGenerator(seed: seed)
  }

  var guest: Guest { get async throws { try await daemon.guest(name) } }
  func folder(_ place: String = "b") -> String { "\(lab.root)/\(place)" }
  func own(_ place: String = "b") -> String { "\(lab.root)/\(place)/\(name)" }

  func requests() -> BackupRequests {
    BackupRequests(
      ledger: daemon.ledger, ports: lab.ports,
      guests: GuestRequests(
        ledger: daemon.ledger, pool: .standard(block: 3), lowestBindablePort: 0),
      identifiers: RandomNames())
  }

  mutating func launch() async throws {
    for place in ["b", "c"] { try HostFiles.makeFolder(folder(place)) }
    try #require(await daemon.launch(name).status == .done)
    try await write()
  }

  /// Has the guest write something, and flush.
  mutating func write(_ count: Int = 2) async throws {
    guard try await guest.state.hasMachine else { return }
    try await lab.scribble(count, on: guest, &now, using: &random)
  }

  mutating func write(_ writes: [DiskWrite]) async throws {
    try #require(await lab.write(writes, to: guest))
    for write in writes { now.apply(write) }
  }

  /// Backs up and enters it into the book.
  @discardableResult
  mutating func backUp(
    to place: String = "b", isFull: Bool = false, rate: ByteCount? = nil
  ) async throws -> Backup {
    let operation = try await begin(to: place, isFull: isFull, rate: rate)
    let over = try await daemon.over(operation)
    try #require(over.status == .done, "\(String(describing: over.problem))")
    let set = try #require(try await lab.backups.set(in: own(place)))
    let backup = try #require(set.last)
    #expect(backup.id == operation.backup?.id)
    book[place, default: [:]][backup.id] = now
    return backup
  }

  /// Enters a backup that was made into the book.
  mutating func note(_ operation: Covey.Operation, in place: String = "b") {
    guard let id = operation.backup?.id else { return }
    book[place, default: [:]][id] = now
  }

  func begin(to place: String = "b", isFull: Bool = false, rate: ByteCount? = nil) async throws
    -> Covey.Operation
  {
    let outcome = try await requests().create(
      name, in: FolderPath(folder(place)), isFull: isFull, note: nil, rate: rate)
    return try #require(outcome.operation)
  }

  /// Expects the next backup to be incremental, and right.
  mutating func expectIncrement(
    _ after: String, to place: String = "b", _ location: SourceLocation = #_sourceLocation
  ) async throws {
    try await write()
    let backup = try await backUp(to: place)
    #expect(
      backup.kind == .incremental, "after \(after): \(backup.reason ?? "no reason")",
      sourceLocation: location)
    try await expectRight(place, after: after, location)
  }

  /// Expects the next backup to be full for a reason, and right.
  mutating func expectFull(
    _ after: String, because reason: String?, to place: String = "b",
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    try await write()
    let backup = try await backUp(to: place)
    #expect(backup.kind == .full, "after \(after)", sourceLocation: location)
    let says = reason.map { backup.reason?.contains($0) == true } ?? (backup.reason == nil)
    #expect(says, "after \(after): \(backup.reason ?? "no reason")", sourceLocation: location)
    try await expectRight(place, after: after, location)
  }

  /// Reads the latest backup from outside.
  func expectRight(
    _ place: String, after: String, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    guard let last = book[place]?.keys.max() else { return }
    let wrong = try await difference(place, last)
    #expect(wrong == nil, "after \(after): \(wrong ?? "")", sourceLocation: location)
  }

  /// How a backup differs from what the disk read when it was made; nil where it does not.
  func difference(_ place: String, _ id: Int) async throws -> String? {
    try await book[place]?[id]?.difference(from: bytes(of: "\(own(place))/\(id).qcow2"))
  }

  func bytes(of image: String) async throws -> [UInt8] {
    let raw = "\(lab.root)/read-\(UUID().uuidString).raw"
    try await Program.qemuImg.run(
      ["convert", "-U", "-f", "qcow2", "-O", "raw", image, raw], to: "cannot read \(image)",
      subject: "test")
    defer { try? HostFiles.remove(raw) }
    return try HostFiles.bytes(of: raw)
  }

  /// Every backup of every folder, read from outside and looked at by covey itself.
  func complaints() async throws -> [String] {
    var found: [String] = []
    for (place, backups) in book {
      let set = try await lab.backups.set(in: own(place))
      for id in backups.keys.sorted() where set?.backup(id) != nil {
        if let wrong = try await difference(place, id) { found.append("\(place)/\(id): \(wrong)") }
      }
      found += try await lab.backups.verify(own(place), nil, report: { _ in }, progress: { _ in })
        .map(\.words)
      let known = Set(["backup.json"] + (set?.backups.map(\.file) ?? []))
      let names = try HostFiles.names(in: own(place))
      found += names.filter { !known.contains($0) }.map { "\(place)/\($0) was left behind" }
    }
    return found
  }
}

// What happens to the guest between its backups.
extension BackupLife {
  mutating func snapshot(_ text: String, savesMemory: Bool = false) async throws {
    let snapshot = Samples.name(text)
    try await carryOut(.snapshot(try SnapshotRequest(name: snapshot, savesMemory: savesMemory)))
    states[snapshot] = now
  }

  mutating func delete(_ text: String) async throws {
    states[Samples.name(text)] = nil
    try await carryOut(.deleteSnapshot(Samples.name(text)))
  }

  mutating func restore(_ text: String) async throws {
    let snapshot = Samples.name(text)
    try await carryOut(
      .restore(RestoreRequest(snapshot: snapshot, discards: true, stopWithin: .zero)))
    now = try #require(states[snapshot])
  }

  func move(to place: String?) async throws {
    try await carryOut(
      .moveDisk(try MoveRequest(folder: place.map { "\(lab.root)/\($0)/\(name)" })))
  }

  func stop() async throws { try await carryOut(.stop(within: .zero, force: true)) }
  func start() async throws { try await carryOut(.start) }

  mutating func resize(to size: Int) async throws {
    let old = ByteCount(bytes: Int64(now.size))
    try await carryOut(.resizeDisk(to: ByteCount(bytes: Int64(size)), from: old))
    now.grow(to: size)
  }

  /// Ends the machine as a crash would; what it wrote is flushed.
  func kill() async throws {
    lab.killMachine(name.text)
    while try await lab.hypervisor.isRunning(guest) { try await Task.sleep(for: .milliseconds(5)) }
    await daemon.look()
  }

  mutating func restartDaemon() async throws {
    await daemon.end()
    daemon = try lab.daemon(on: store) { _, _ in }
  }

  private func carryOut(_ request: GuestRequest) async throws {
    let operation = try await daemon.ask(request, of: name)
    try #require(operation.status == .done, "\(request): \(String(describing: operation.problem))")
  }
}

/// Names that no other test gets.
struct RandomNames: Identifiers {
  func uuid() -> String { UUID().uuidString.lowercased() }
  func operation() -> Covey.Operation.Identifier { uuid() }
}
