import Covey
import Support
import Testing

@testable import CoveyEngine

/// Moves that end otherwise than they began.
struct MoveTests {
  let db = Samples.name("db")
  let fault = Problem(.unavailable, subject: "test", "it broke", hint: "none")
  let away = "/srv/fast/db"

  @Test func aMoveEndsWithNothingWhereTheDiskLay() async throws {
    try await withGuest { engine in
      let ended = try await move(engine)
      #expect(ended.status == .done)
      let disks = await engine.ledger.inventory.guests[db]?.disks
      #expect(disks?.folder == away && disks?.left == [])
    }
  }

  /// What stays done must not be done once its user was told that all is taken back.
  @Test func aMoveThatIsCancelledAsItsMirrorIsReadyNeverTurns() async throws {
    for _ in 1...50 {
      try await withGuest { engine in
        await engine.world.whenMirrored { [ledger = engine.ledger] in
          guard let id = await ledger.inventory.operation(on: db)?.id else { return }
          await #expect(throws: Never.self) { try await ledger.cancel(id) }
        }
        let ended = try await move(engine)
        #expect(ended.status == .failed && ended.problem?.code == .cancelled)
        #expect(await !engine.world.calls(about: db).contains("pivot"))
        #expect(await engine.ledger.inventory.guests[db]?.disks == DiskTree())
      }
    }
  }

  @Test func aPlanThatIsTakenBackBeginsNoStepAndIsNeverDone() async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.guestAdopted(Samples.guest("db", state: .running))])
    guard
      case .began(let operation) = try await engine.ledger.request(
        .moveDisk(MoveRequest(folder: away)), on: db)
    else { return }
    let begins = Event.stepBegan(operation.id, cursor: 1)
    #expect(try await engine.ledger.record([begins], while: .running, operation.id))
    #expect(try await engine.ledger.cancel(operation.id) == nil)
    for event in [.stepBegan(operation.id, cursor: 2), Event.operationDone(operation.id)] {
      #expect(try await !engine.ledger.record([event], while: .running, operation.id))
    }
    #expect(await engine.ledger.inventory.operations[operation.id]?.cursor == 1)
    #expect(await engine.ledger.inventory.operations[operation.id]?.status == .undoing)
  }

  /// Its machine may have turned: what it then stands on is not removed.
  @Test func aTurnThatNobodyKnowsTheOutcomeOfTakesNothingBack() async throws {
    try await withGuest { engine in
      let unknown = Problem(.unknownOutcome, subject: "test", "no answer", hint: "none")
      await engine.world.fail("pivot", with: unknown)
      let ended = try await move(engine)
      #expect(ended.problem == unknown)
      #expect(await !engine.world.calls(about: db).contains("clear"))
      #expect(await engine.world.copies[db] == [0])
    }
  }

  @Test func aMoveThatFailsAfterItTurnedKeepsTheGuestsDefinition() async throws {
    try await withGuest { engine in
      await engine.world.fail("clear", with: fault)
      await engine.world.fail("define", with: fault)
      let ended = try await move(engine)
      #expect(ended.status == .failed)
      #expect(await engine.world.defined.count == 1)
      #expect(await engine.ledger.inventory.guests[db]?.state == .running)
    }
  }

  @Test func whatAMoveCouldNotRemoveIsARemarkAndRemovedLater() async throws {
    try await withGuest { engine in
      await engine.world.fail("clear", with: fault)
      let ended = try await move(engine)
      #expect(ended.status == .done && ended.result?.remark?.contains("it broke") == true)
      #expect(await engine.ledger.inventory.guests[db]?.disks.left == [nil])
      await engine.watcher.look()
      await engine.settle()
      // The try failed: the next comes later.
      let tries = await engine.world.calls(about: db).filter { $0 == "clear" }.count
      await engine.watcher.look()
      await engine.settle()
      #expect(await engine.world.calls(about: db).filter { $0 == "clear" }.count == tries)
      await engine.world.succeed("clear")
      engine.time.advance(by: Watcher.tidyAfter + .seconds(1))
      await engine.watcher.look()
      await engine.settle()
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.disks.left == [] && guest?.disks.folder == away)
      #expect(guest?.state == .running)
    }
  }

  @Test func aGuestWhoseMachineEndedHardHasItsLayersMendedAtItsNextStart() async throws {
    try await withGuest { engine in
      func mended() async -> Int {
        await engine.world.calls(about: db).count { $0 == "mendLeaks" }
      }
      _ = try await engine.ask(.restart(within: .seconds(5), force: false), of: db)
      #expect(await mended() == 0)
      await engine.world.crash(db)
      await engine.watcher.look()
      let start = try await engine.ask(.start, of: db)
      #expect(start.status == .done)
      #expect(await mended() == 1)
      // A start and a restart end the machine themselves before they look at the disk.
      _ = try await engine.ask(.restart(within: .zero, force: true), of: db)
      #expect(await mended() == 2)
      await engine.world.answerHealth(with: "no answer")
      _ = try await engine.ask(.restart(within: .seconds(5), force: false), of: db)
      await engine.world.answerHealth(with: nil)
      let failed = await engine.ledger.inventory.guests[db]
      #expect(failed?.state == .failed)
      #expect(try await engine.ask(.start, of: db).status == .done)
      #expect(await mended() == 3)
    }
  }

  /// The definition alone says which file its machine wrote to last, and every plan would write it anew.
  @Test(arguments: [
    ("addLayer", GuestRequest.snapshot(.next)),
    ("addLayer", .restore(RestoreRequest(snapshot: .a))),
    ("pull", .deleteSnapshot(.a)), ("flatten", .flatten),
    ("resize", .resizeDisk(to: .gibibytes(9), from: .gibibytes(1))),
  ])
  func nothingIsBuiltOnARecordThatItsMachineLeftBehind(_ call: String, _ request: GuestRequest)
    async throws
  {
    // A guest that has snapshots is flattened while it is off.
    for isOff in request == .flatten ? [true] : [false, true] {
      try await withGuest { engine in
        let taken = try await engine.ask(.snapshot(SnapshotRequest(name: .a)), of: db)
        #expect(taken.status == .done)
        if isOff { _ = try await engine.ask(.stop(within: .zero, force: true), of: db) }
        await engine.world.fail("requireRecorded", with: fault)
        let before = await engine.world.calls(about: db)
        let ended = try await engine.ask(request, of: db)
        #expect(ended.status == .failed && ended.problem == fault)
        let since = await engine.world.calls(about: db).dropFirst(before.count)
        #expect(!since.contains(call) && !since.contains("define"), "\(since)")
        #expect(await engine.ledger.inventory.guests[db]?.disks.snapshot(.a) != nil)
      }
    }
  }

  @Test func aMachineIsNotDefinedAnewByARecordThatItLeftBehind() async throws {
    try await withGuest { engine in
      let defined = await engine.world.calls(about: db).count { $0 == "define" }
      await engine.world.fail("requireRecorded", with: fault)
      let ended = try await move(engine)
      // The move itself finishes what another left.
      #expect(await engine.world.calls(about: db).contains("pivot"))
      #expect(ended.problem == fault)
      #expect(await engine.world.calls(about: db).count { $0 == "define" } == defined)
    }
  }

  @Test func aStartThatWouldLoseWhatAGuestWroteIsRefused() async throws {
    try await withGuest { engine in
      _ = try await engine.ask(.stop(within: .zero, force: true), of: db)
      await engine.world.fail("requireRecorded", with: fault)
      #expect(try await engine.ask(.start, of: db).problem == fault)
      #expect(await !engine.world.calls(about: db).suffix(1).contains("start"))
    }
  }

  /// Half of a frozen layer of 4 MiB, a memory of 2 MiB, and what the guest writes to, of which QEMU counts the clusters.
  @Test func aMoveSaysHowFarAllOfItIs() {
    var guest = Samples.guest("db")
    guest.disks.apply(
      .taken(Snapshot(name: Samples.name("a"), layer: 0, memory: 1), turnedTo: 1), at: .zero)
    let usage = LayerUsage(
      layers: [0: .mebibytes(4), 1: .mebibytes(10)], memories: [1: .mebibytes(2)])
    let half = WorkDone(done: .mebibytes(1), total: .mebibytes(2))
    let steps: [GuestAction] = [
      .copyLayer(0, to: away, rate: nil), .copyMemory(1, to: away, rate: nil),
      .mirrorLayer(1, to: away, rate: nil),
    ]
    let done = steps.map { MoveProgress($0, of: guest, usage)?.whole(half) }
    #expect(done.map(\.?.done) == [.mebibytes(2), .mebibytes(5), .mebibytes(11)])
    #expect(done.allSatisfy { $0?.total == .mebibytes(16) })
    #expect(MoveProgress(.pivot(to: away), of: guest, usage) == nil)
  }

  @Test func whatAMoveTakesFollowsTheSlowerOfThePlaceAndTheUser() {
    let usage = LayerUsage(layers: [0: .mebibytes(600)], memories: [:])
    let survey = MoveSurvey(
      folder: away, usage: usage, free: .gibibytes(1), rate: Double(100 << 20))
    #expect(survey.duration(atMost: nil) == .seconds(6))
    #expect(survey.duration(atMost: .mebibytes(50)) == .seconds(12))
    #expect(survey.duration(atMost: .gibibytes(50)) == .seconds(6))
    #expect(survey.speed(atMost: .mebibytes(50)) == Double(50 << 20))
  }

  @Test func aMoveMeasuresNothingAndADryRunDoes() async throws {
    try await withGuest { engine in
      let disks = DiskRequests(ledger: engine.ledger, ports: engine.ports, home: "/srv/guests")
      _ = try await disks.survey(db, to: "/srv/fast")
      _ = try await disks.move(db, to: "/srv/fast", rate: nil)
      await engine.settle()
      let calls = await engine.world.calls(about: db)
      #expect(calls.filter { $0 == "survey" }.count == 1 && calls.contains("check"))
    }
  }

  private func move(_ engine: Engine) async throws -> Covey.Operation {
    try await engine.ask(.moveDisk(MoveRequest(folder: away)), of: db)
  }

  private func withGuest(_ body: @escaping @Sendable (Engine) async throws -> Void) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      _ = try await engine.launch(
        LaunchRequest(name: db, template: Samples.name("tiny-web"), disk: .persistent, boots: true))
      try await body(engine)
    }
  }
}

extension Name {
  fileprivate static let a = Samples.name("a")
}

extension SnapshotRequest {
  fileprivate static let next: SnapshotRequest = {
    do { return try SnapshotRequest() } catch { fatalError("\(error)") }
  }()
}
