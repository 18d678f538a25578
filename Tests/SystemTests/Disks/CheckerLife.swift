import CoveyWire
import Foundation
import Testing

/// A random life of a checker guest's disk, beside a book of what each of its states must hold.
struct CheckerLife {
  /// What was acknowledged before a state was made, and when it had been made.
  struct Span {
    let before: CheckerHistory
    /// Nil where nobody could ask the guest any more.
    let after: CheckerHistory?
  }

  let guest: CheckerGuest
  let seed: UInt64
  private(set) var done: [String] = []
  private var random: SeededNumbers
  private var snapshots: [String: Span] = [:]
  private var backups: [Int: Span] = [:]
  private var size = 64
  private let places: [String]
  private let backupFolder: String

  private var daemon: Daemon { guest.daemon }

  init(_ guest: CheckerGuest, seed: UInt64) throws {
    (self.guest, self.seed) = (guest, seed)
    random = SeededNumbers(seed: seed)
    places = ["default"] + (try ["a", "b"].map(guest.daemon.folder))
    backupFolder = try guest.daemon.folder("backups-\(seed)")
  }

  /// Carries out some operations and looks at everything from outside; the guest is gone afterwards.
  mutating func run(steps: Int) async throws {
    for _ in 0..<steps {
      let before = try await guest.history()
      try await act()
      // A restore goes back in time; `restore` has looked at that.
      try await guest.goesOn(
        after: done.last?.hasPrefix("snapshot restore") == true ? .empty : before)
    }
    let last = try await guest.expectExactEnd()
    try await expectStates(upTo: last)
    try await daemon.does("delete one --force")
    for folder in places.dropFirst() {
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  private mutating func act() async throws {
    switch Int.random(in: 0..<16, using: &random) {
    case 0...3: try await snapshot()
    case 4...6: try await restore()
    case 7...8: try await forget()
    case 9...10: try await does("disk move one --to \(try await otherPlace())")
    case 11: try await cancelledMove()
    case 12: try await grow()
    case 13: try await backUp()
    case 14: try await export()
    default:
      done.append("kill -9 of coveyd")
      try await daemon.kill9()
      try await daemon.start()
    }
  }

  /// Now and then coveyd is killed meanwhile, at any moment, and the next one finishes it.
  private mutating func does(_ line: String) async throws {
    guard Bool.random(using: &random) else {
      done.append(line)
      try await daemon.does(line)
      return
    }
    let pause = Int.random(in: 0..<300, using: &random)
    done.append("\(line), killed after \(pause) ms")
    try await daemon.does("\(line) --no-wait")
    let operation = try await daemon.newestOperation()
    try await Task.sleep(for: .milliseconds(pause))
    try await daemon.kill9()
    try await daemon.start()
    try await daemon.eventually("\(line) is over") {
      try await daemon.operation(operation.verb)?.isOver == true
    }
    let end = try await daemon.operation(operation.verb)
    #expect(end?.id == operation.id && end?.status == "done", "\(line): \(end ?? operation)")
  }

  private mutating func snapshot() async throws {
    let name = "s\(done.count)"
    let before = try await guest.history()
    let memory = Bool.random(using: &random) ? " --memory" : ""
    try await does("snapshot create one \(name)\(memory)")
    snapshots[name] = Span(before: before, after: try await guest.history())
  }

  /// The one that it leaves is kept as a branch, or given up.
  private mutating func restore() async throws {
    let views = try await guest.snapshots()
    guard let view = views.randomElement(using: &random), let span = snapshots[view.name] else {
      return try await snapshot()
    }
    let left = try await guest.history()
    let keeps = Bool.random(using: &random)
    try await does(
      "snapshot restore one \(view.name) --within 100ms" + (keeps ? "" : " --discard"))
    let known = Set(views.map(\.name))
    for new in try await guest.snapshots() where !known.contains(new.name) {
      #expect(keeps && new.name.hasPrefix("left-"))
      snapshots[new.name] = Span(before: left, after: nil)
    }
    let guestView = try await daemon.guest("one")
    #expect(guestView.start == (view.memory == nil ? "boot" : "resume"))
    if view.memory != nil { try await daemon.branchChecker(of: "one") }
    #expect(try await guest.history().continues(span.before), "\(view.name)")
  }

  private mutating func forget() async throws {
    guard let name = try await guest.snapshots().map(\.name).randomElement(using: &random) else {
      return try await snapshot()
    }
    snapshots[name] = nil
    try await does("snapshot delete one \(name)")
  }

  private mutating func otherPlace() async throws -> String {
    let here = try await guest.disk().folder
    let others = places.filter {
      here != ($0 == places[0] ? "\(daemon.state)/guests" : $0) + "/one"
    }
    return others.randomElement(using: &random) ?? places[0]
  }

  private mutating func cancelledMove() async throws {
    let pool = try await guest.disk().folder
    let line = "disk move one --to \(try await otherPlace()) --rate 1MiB"
    done.append("\(line), cancelled")
    try await daemon.does("\(line) --no-wait")
    let move = try await daemon.newestOperation()
    let pause = Int.random(in: 0..<400, using: &random)
    try await Task.sleep(for: .milliseconds(pause))
    // Where it was quicker, it is where it was sent.
    let said = try await daemon.covey("operations cancel \(move.id)")
    if said.status == 0, said.out.contains("cancelled") {
      #expect(try await guest.disk().folder == pool)
    } else {
      try await daemon.eventually("the move is over") { try await daemon.newestOperation().isOver }
    }
  }

  private mutating func grow() async throws {
    size += 8
    try await does("disk resize one \(size)MiB")
  }

  private mutating func backUp() async throws {
    let before = try await guest.history()
    try await does("backup create one --to \(backupFolder)")
    backups[backups.count + 1] = Span(before: before, after: try await guest.history())
  }

  private mutating func export() async throws {
    let file = "\(backupFolder)/\(done.count).covey"
    try await does("export one --to \(file)")
    try FileManager.default.removeItem(atPath: file)
  }

  private func expectStates(upTo last: CheckerHistory) async throws {
    #expect(Set(try await guest.snapshots().map(\.name)) == Set(snapshots.keys))
    let layers = try await guest.disk().layers ?? []
    for (name, span) in snapshots {
      let layer = try #require(layers.first { $0.snapshot == name }, "no layer is \(name)")
      try await expect(layer.file, span, name)
    }
    for (id, span) in backups {
      try await expect("\(backupFolder)/one/\(id).qcow2", span, "backup \(id)")
    }
  }

  private func expect(_ file: String, _ span: Span, _ what: String) async throws {
    let state = try await CheckerImage(path: file).state()
    #expect(state.differences(since: span.before) == [], "\(what)")
    guard let after = span.after else { return }
    #expect(state.highest <= after.last + 1, "\(what) is newer than it can be")
  }
}

/// The same numbers each time: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return CheckerBlock.mix(state)
  }
}

extension WholeSystem {
  /// Random operations on a guest that writes all the time, each of whose states is then read from outside. One alone:
  /// `COVEY_CHECKER_SEED=17 swift test --filter CheckerLives`; so many: `COVEY_CHECKER_SEEDS=100`.
  @Suite struct CheckerLives {
    static var seeds: [UInt64] {
      let environment = ProcessInfo.processInfo.environment
      if let one = environment["COVEY_CHECKER_SEED"].flatMap({ UInt64($0) }) { return [one] }
      return Array(1...(environment["COVEY_CHECKER_SEEDS"].flatMap { UInt64($0) } ?? 8))
    }

    @Test(arguments: seeds)
    func everyStateHoldsExactlyWhatWasAcknowledged(_ seed: UInt64) async throws {
      try await CheckerGuest.use { guest in
        var life = try CheckerLife(guest, seed: seed)
        do { try await life.run(steps: 6) } catch {
          Issue.record("after \(life.done): \(error)")
          throw error
        }
      }
    }
  }
}
