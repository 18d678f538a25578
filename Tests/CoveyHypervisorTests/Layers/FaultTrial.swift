import Covey
import CoveyEngine
import Support
import Testing

@testable import CoveyHypervisor

/// Operations whose every moment is tried.
enum FaultKind: String, CaseIterable, Codable {
  case snapshot, snapshotMemory, restore, restoreMemory, commit, pull, move, resize, flatten
  case rebase, tidy
}

/// One guest, one operation on its disk, and what goes wrong at one moment of it.
struct FaultTrial {
  let lab: LayerLab
  let kind: FaultKind
  let fault: Fault
  let name: Name
  private let store: MemoryStore
  private var book = DiskBook(now: LayerLab.pristine)
  private var marks = 0
  /// libvirt 9.0 counts drivers in one process and never forgets one, so that it can be opened some twenty times.
  private let opensAnew: Bool

  init(_ lab: LayerLab, _ kind: FaultKind, _ fault: Fault, number: Int) {
    opensAnew = number == 2
    (self.lab, self.kind, self.fault) = (lab, kind, fault)
    name = Samples.name("\(kind.rawValue.lowercased())-\(fault.rawValue)-\(number)")
    store = lab.stocked()
  }

  /// - `point`: nil lets the operation be.
  /// - Returns: the operation's moments, and what was wrong.
  mutating func run(at point: FaultPoint?) async throws -> (moments: [FaultPoint], found: [String])
  {
    let trap = FaultTrap(lab, fault)
    var daemon = try lab.daemon(on: store) { await trap.reached($0, $1) }
    let request = try await prepare(daemon)
    let before = try await daemon.guest(name).disks
    if let point { trap.set(at: point) }
    let began = try #require(await daemon.ledger.request(request, on: name).operation)
    var isOver = false
    while point != nil, !trap.isSprung, !isOver {
      try await Task.sleep(for: .milliseconds(1))
      isOver = await daemon.ledger.inventory.operations[began.id]?.status.isOver ?? true
    }
    var found: [String] = []
    if let point, !trap.isSprung { found.append("\(point) was not reached") }
    if point != nil, fault != .machine {
      await daemon.end()
      if opensAnew { await lab.link.close() }
      daemon = try lab.daemon(on: store) { _, _ in }
    }
    let ended = try await daemon.over(began)
    if point == nil, ended.status != .done { found.append("\(String(describing: ended.problem))") }
    let tree = try await daemon.guest(name).disks
    settle(request, began, trap.written, point, from: before, to: tree)
    found += try await goOn(daemon, after: ended)
    await daemon.end()
    return (FaultPoint.all(of: began), found)
  }

  private mutating func prepare(_ daemon: LayerDaemon) async throws -> GuestRequest {
    guard try await daemon.launch(name).status == .done else { throw CancellationError() }
    try await mark(daemon)
    switch kind {
    case .snapshot, .snapshotMemory:
      try await snapshot("a", daemon)
      return .snapshot(
        try SnapshotRequest(name: Samples.name("new"), savesMemory: kind == .snapshotMemory))
    case .restore, .restoreMemory:
      try await snapshot("a", daemon, savesMemory: kind == .restoreMemory)
      return .restore(RestoreRequest(snapshot: Samples.name("a"), stopWithin: .zero))
    case .commit, .pull:
      for name in kind == .commit ? ["a", "b", "c"] : ["a", "b"] {
        try await snapshot(name, daemon)
      }
      return .deleteSnapshot(Samples.name("b"))
    case .move:
      try await snapshot("a", daemon)
      try await snapshot("m", daemon, savesMemory: true)
      return .moveDisk(try MoveRequest(folder: "\(lab.elsewhere)/\(name)"))
    case .flatten: return .flatten
    case .rebase:
      lab.killMachine(name.text)
      try await daemon.ask(.stop(within: .zero, force: true), of: name)
      return .rebase(onto: lab.elder.digest)
    case .tidy:
      try await snapshot("a", daemon)
      try await snapshot("b", daemon)
      // As an operation leaves it whose merge failed.
      let forgotten = Samples.name("a")
      try await daemon.ledger.record([.diskChanged(name, .forgotten(forgotten))])
      book.states[forgotten] = nil
      return .tidy
    case .resize:
      return .resizeDisk(
        to: .mebibytes(9), from: .mebibytes(Int64(LayerLab.diskSize >> 20)))
    }
  }

  /// Has the guest write something that no other mark covers whole.
  private mutating func mark(_ daemon: LayerDaemon) async throws {
    marks += 1
    let (first, byte) = (1000 + marks * 100, UInt8(marks))
    let writes = [
      DiskWrite(sectors: first..<first + 160, byte: byte),
      DiskWrite(sectors: 9000 + marks * 8..<9016 + marks * 8, byte: byte),
      DiskWrite(sectors: 256 * marks..<256 * marks + 128, byte: 0),
    ]
    let guest = try await daemon.guest(name)
    guard try await lab.write(writes, to: guest) else {
      throw Problem(.internal, subject: "\(name)", "the guest cannot write", hint: "")
    }
    for write in writes { book.now.apply(write) }
  }

  private mutating func snapshot(
    _ text: String, _ daemon: LayerDaemon, savesMemory: Bool = false
  ) async throws {
    let taken = Samples.name(text)
    let request = try SnapshotRequest(name: taken, savesMemory: savesMemory)
    let ended = try await daemon.ask(.snapshot(request), of: name)
    if let problem = ended.problem { throw problem }
    book.states[taken] = book.now
    try await mark(daemon)
  }

  /// What every state should read now, by what became of the operation.
  private mutating func settle(
    _ request: GuestRequest, _ began: Operation, _ written: [DiskWrite], _ point: FaultPoint?,
    from before: DiskTree, to tree: DiskTree
  ) {
    let isEarly = point.map { !$0.isPastTurn(of: began) } ?? true
    if isEarly { for write in written { book.now.apply(write) } }
    for snapshot in tree.snapshots where before.snapshot(snapshot.name) == nil {
      book.states[snapshot.name] = book.now
    }
    for snapshot in before.snapshots where tree.snapshot(snapshot.name) == nil {
      book.states[snapshot.name] = nil
    }
    if case .restore(let wish) = request, tree.active != before.active {
      book.now = book.states[wish.snapshot] ?? book.now
    }
    if case .resizeDisk(let size, _) = request { book.now.grow(to: Int(size.bytes)) }
    if !isEarly { for write in written { book.now.apply(write) } }
  }

  /// The guest is of use afterwards: it is snapshotted, started and written to, the snapshot is deleted, and all it has is right.
  private mutating func goOn(_ daemon: LayerDaemon, after ended: Operation) async throws -> [String]
  {
    try await lab.awaitTruth(of: name)
    await daemon.look()
    await daemon.settle()
    var found: [String] = []
    func ask(_ request: GuestRequest) async throws {
      let outcome = try await daemon.ledger.request(request, on: name)
      guard let operation = outcome.operation else { return }
      let ended = try await daemon.over(operation)
      if let problem = ended.problem { found.append("\(request): \(problem)") }
    }
    let after = Samples.name("after")
    try await ask(.snapshot(SnapshotRequest(name: after)))
    book.states[after] = book.now
    if try await !daemon.guest(name).state.hasMachine { try await ask(.start) }
    try await mark(daemon)
    try await ask(.deleteSnapshot(after))
    book.states[after] = nil
    try await mark(daemon)
    lab.killMachine(name.text)
    try await ask(.stop(within: .zero, force: true))
    let guest = try await daemon.guest(name)
    found += try await LayerInspection(
      lab: lab, guest: guest, book: book
    ).complaints()
    if !found.isEmpty, let problem = ended.problem { found.append("it had failed: \(problem)") }
    try await daemon.ask(.delete(force: true), of: name)
    return found
  }
}
