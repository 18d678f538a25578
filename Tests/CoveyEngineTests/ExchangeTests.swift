import Covey
import CoveyEngine
import Support
import Testing

struct ExchangeTests {
  let db = Samples.name("db")
  let fault = Problem(.noSpace, subject: "test", "it is full", hint: "none")

  @Test func aGuestThatRunsIsExportedFromASnapshotThatIsGoneAfterwards() async throws {
    try await withGuest { engine in
      let operation = try await engine.ask(.export(to: "/srv/db.covey"), of: db)
      #expect(operation.status == .done && operation.result?.path == "/srv/db.covey")
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks.snapshots == [])
      #expect(guest?.disks.layers.count == 1)
      #expect(await engine.world.extracts.isEmpty)
    }
  }

  @Test func anExportThatFailsLeavesNoSnapshotBehind() async throws {
    try await withGuest { engine in
      await engine.world.fail("export", with: fault)
      let operation = try await engine.ask(.export(to: "/srv/db.covey"), of: db)
      #expect(operation.status == .failed && operation.problem == fault)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks.snapshots == [])
      #expect(await engine.world.extracts.isEmpty)
      // The layer that it left is merged once things have calmed down.
      try await engine.time.sleep(for: .seconds(120))
      await engine.watcher.look()
      await engine.settle()
      #expect(await engine.ledger.inventory.guests[db]?.disks.layers.count == 1)
    }
  }

  @Test func anExportToWhereNothingCanBeWrittenIsRefusedBeforeASnapshotIsTaken() async throws {
    try await withGuest { engine in
      await engine.world.fail("checkExport", with: fault)
      let before = await engine.ledger.inventory
      let disks = DiskRequests(ledger: engine.ledger, ports: engine.ports, home: "/guests")
      await #expect(throws: fault) { try await disks.export(db, to: "/srv/db.covey") }
      await #expect(throws: fault) {
        try await engine.workshop.export(Samples.name("tiny-web"), to: "/srv/web.covey")
      }
      #expect(await engine.ledger.inventory == before)
    }
  }

  @Test func whatIsPublishedIsKnownByTheDigestThatItsExportSaid() async throws {
    try await withGuest { engine in
      let operation = try await engine.ask(.export(to: "/srv/db.covey"), of: db)
      let digest = try #require(operation.result?.digest)
      #expect(await engine.world.calls.contains("publish /srv/db.covey \(digest)"))
    }
  }

  @Test func aGuestThatIsOffIsSealedAndOneThatRunsOnlyBySnapshot() async throws {
    try await withGuest { engine in
      let mine = Samples.name("mine")
      await #expect(throws: Problem.self) {
        try await engine.ask(.seal(as: mine, snapshot: nil), of: db)
      }
      let snapshot = try SnapshotRequest(name: Samples.name("good"))
      _ = try await engine.ask(.snapshot(snapshot), of: db)
      let live = try await engine.ask(.seal(as: mine, snapshot: Samples.name("good")), of: db)
      #expect(live.result?.digest != nil)
      _ = try await engine.ask(.stop(within: .seconds(1), force: true), of: db)
      #expect(try await engine.ask(.seal(as: mine, snapshot: nil), of: db).status == .done)
      #expect(await engine.ledger.inventory.template(mine) != nil)
      #expect(await engine.ledger.inventory.guests[db]?.state == .stopped)
    }
  }

  @Test func anImportedGuestIsOffAndItsDiskMustBeThereWhenItStarts() async throws {
    try await withGuest { engine in
      await engine.world.exportHolds(Samples.name("one"))
      let two = Samples.name("two")
      try await whileWorking(engine) {
        let job = await engine.workshop.importFile("/srv/one.covey", as: two)
        let over = await engine.workshop.finished(job)
        #expect(over?.problem == nil && over?.guest == two && over?.result?.digest == "e1")
      }
      #expect(await engine.ledger.inventory.guests[two]?.state == .stopped)
      _ = try await engine.ask(.start, of: two)
      #expect(await engine.world.calls(about: two).contains("require"))
      #expect(await !engine.world.calls(about: two).contains("create"))
    }
  }

  @Test func anImportWhoseNameIsTakenChangesNothing() async throws {
    try await withGuest { engine in
      await engine.world.exportHolds(db)
      let before = await engine.ledger.inventory.guests
      try await whileWorking(engine) {
        let job = await engine.workshop.importFile("/srv/one.covey", as: nil)
        #expect(await engine.workshop.finished(job)?.problem?.code == .exists)
      }
      #expect(await engine.ledger.inventory.guests == before)
    }
  }

  @Test func aLaunchCanBeCancelledAndIsTakenBack() async throws {
    try await withGuest { engine in
      await engine.world.answerHealth(with: "connection refused")
      let request = LaunchRequest(
        name: Samples.name("web"), template: Samples.name("tiny-web"),
        readyWithin: .seconds(1_000_000), boots: true)
      guard case .began(let launch) = try await engine.guests.launch(request) else { return }
      _ = await engine.ledger.inventory { $0.operations[launch.id]?.cursor == 4 }
      #expect(try await engine.ledger.cancel(launch.id) == nil)
      await engine.settle()
      let over = await engine.ledger.inventory.operations[launch.id]
      #expect(over?.status == .failed && over?.problem?.code == .cancelled)
      #expect(await engine.ledger.inventory.guests[request.name] == nil)
    }
  }

  @Test func aMoveThatIsCancelledLeavesTheGuestWhereItWas() async throws {
    try await withGuest { engine in
      await engine.world.slowDown()
      let request = try MoveRequest(folder: "/srv/fast/db")
      guard case .began(let move) = try await engine.ledger.request(.moveDisk(request), on: db)
      else { return }
      _ = await engine.ledger.inventory { $0.operations[move.id]?.cursor == 1 }
      #expect(try await engine.ledger.cancel(move.id) == nil)
      await engine.settle()
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.disks == DiskTree() && guest?.state == .running)
      #expect(await engine.world.copies.isEmpty)
      #expect(await engine.world.calls(about: db).suffix(2) == ["stopMirror", "clear"])
    }
  }

  @Test func anExportOfAGuestThatRunsIsCancelledWhileItsFileIsWritten() async throws {
    try await withGuest { engine in
      await engine.world.slowDown()
      let request = GuestRequest.export(to: "/srv/db.covey")
      guard case .began(let export) = try await engine.ledger.request(request, on: db) else {
        return
      }
      _ = await engine.ledger.inventory { $0.operations[export.id]?.cursor == 2 }
      #expect(try await engine.ledger.cancel(export.id) == nil)
      await engine.settle()
      let inventory = await engine.ledger.inventory
      #expect(inventory.operations[export.id]?.problem?.code == .cancelled)
      #expect(inventory.guests[db]?.state == .running)
      #expect(inventory.guests[db]?.disks.snapshots == [])
      #expect(await engine.world.extracts.isEmpty)
      #expect(await engine.world.calls.contains("dropDraft /srv/db.covey"))
    }
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

  private func whileWorking(
    _ engine: Engine, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { await engine.workshop.run() }
      group.addTask { try await body() }
      try await group.next()
      group.cancelAll()
    }
  }
}

extension Workshop {
  /// The job as it is when it is over.
  fileprivate func finished(_ job: Job) async -> Job? {
    var latest: Job? = job
    while let seen = latest, !seen.isOver {
      latest = await self.job(seen.id, newerThan: seen.revision, within: .seconds(60))
    }
    return latest
  }
}
