import Covey
import CoveyEngine
import Support
import Testing

struct BackupTests {
  let db = Samples.name("db")
  let fault = Problem(.noSpace, subject: "db", "the disk is full", hint: "make room")

  @Test func backupsFollowOneAnotherAndTheResultIsTold() async throws {
    try await withGuest { engine, requests in
      let first = try await backUp(engine, requests)
      #expect(first.status == .done)
      #expect(first.result?.path == "/b/db/1.qcow2")
      #expect(first.result?.remark == "full")
      let second = try await backUp(engine, requests)
      #expect(second.backup?.parent?.id == 1)
      #expect(second.result?.remark == "incremental")
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running)
      #expect(guest?.disks.marks.map(\.backup) == [2])
      let kept = await engine.world.keptCheckpoints
      #expect(kept == [second.backup?.checkpoint])
    }
  }

  @Test func aCopyThatFailsIsTakenBack() async throws {
    try await withGuest { engine, requests in
      await engine.world.fail("copyBackup", with: fault)
      let operation = try await backUp(engine, requests)
      #expect(operation.status == .failed && operation.problem == fault)
      #expect(await engine.world.calls(about: db).contains("dropBackup"))
      #expect(await engine.world.unfinished.isEmpty)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks.marks.isEmpty == true)
    }
  }

  @Test func whatIsLeftOfOlderCheckpointsIsNoFailure() async throws {
    try await withGuest { engine, requests in
      await engine.world.fail("forgetCheckpoints", with: fault)
      let operation = try await backUp(engine, requests)
      #expect(operation.status == .done)
    }
  }

  @Test func aBackupCanBeCancelledWhileItCopies() async throws {
    try await withGuest { engine, requests in
      await engine.world.slowDown()
      let outcome = try await requests.create(
        db, in: FolderPath("/b"), isFull: false, note: nil, rate: nil)
      guard case .began(let operation) = outcome else { throw CancellationError() }
      _ = await engine.ledger.inventory { $0.operations[operation.id]?.cursor == 1 }
      let folder = try FolderPath("/b/db")
      await engine.world.shelve(
        BackupSet(series: "s", guest: db, uuid: "u"), in: "/b/db")
      let busy = await problem { _ = try await requests.prune(folder, keeping: 1, isDryRun: false) }
      #expect(busy?.code == .conflict)
      _ = try await engine.ledger.cancel(operation.id)
      let over = await engine.ledger.inventory {
        $0.operations[operation.id]?.status.isOver ?? true
      }
      #expect(over?.operations[operation.id]?.problem?.code == .cancelled)
      #expect(await engine.world.unfinished.isEmpty)
    }
  }

  @Test func aForcedDeleteTakesAnUnfinishedBackupAway() async throws {
    try await withGuest { engine, requests in
      await engine.world.slowDown()
      _ = try await requests.create(db, in: FolderPath("/b"), isFull: false, note: nil, rate: nil)
      while await engine.world.unfinished.isEmpty { await Task.yield() }
      #expect(try await engine.ask(.delete(force: true), of: db).status == .done)
      #expect(await engine.world.unfinished.isEmpty)
    }
  }

  @Test func aRestoredGuestIsStoppedAndKeepsItsDiskWhenItDoesNotComeUp() async throws {
    try await withGuest { engine, requests in
      _ = try await backUp(engine, requests)
      let folder = try FolderPath("/b/db")
      let outcome = try await requests.restore(folder, nil, as: Samples.name("new"), starts: false)
      try await over(outcome, engine)
      #expect(await engine.ledger.inventory.guests[Samples.name("new")]?.state == .stopped)
      await engine.world.fail("start", with: fault)
      let failing = try await requests.restore(folder, 1, as: Samples.name("other"), starts: true)
      try await over(failing, engine)
      #expect(await engine.ledger.inventory.guests[Samples.name("other")]?.state == .failed)
      #expect(await engine.world.disks.contains(Samples.name("other")))
      let gone = await problem {
        _ = try await requests.restore(folder, 9, as: Samples.name("x"), starts: false)
      }
      #expect(gone?.code == .notFound)
    }
  }

  @Test func aLookAtBackupsSaysWhatIsDamaged() async throws {
    try await withGuest { engine, requests in
      _ = try await backUp(engine, requests)
      await engine.world.damage([
        BackupFinding(1, "backup 1: gone"), BackupFinding(2, "backup 2: gone"),
      ])
      let job = await engine.workshop.verifyBackups(in: "/b/db", nil)
      #expect(job.verb == "verify")
      await withTaskGroup { group in
        group.addTask { await engine.workshop.run() }
        while await engine.workshop.job(job.id)?.isOver != true { await Task.yield() }
        group.cancelAll()
      }
      let ended = await engine.workshop.job(job.id)
      #expect(ended?.problem?.code == .altered)
      #expect(ended?.problem?.message == "backup 1: gone; backup 2: gone")
    }
  }

  private func backUp(_ engine: Engine, _ requests: BackupRequests) async throws -> Operation {
    let outcome = try await requests.create(
      db, in: FolderPath("/b"), isFull: false, note: nil, rate: nil)
    return try await over(outcome, engine)
  }

  @discardableResult
  private func over(_ outcome: Ledger.Outcome, _ engine: Engine) async throws -> Operation {
    guard case .began(let operation) = outcome else { throw CancellationError() }
    let inventory = await engine.ledger.inventory {
      $0.operations[operation.id]?.status.isOver ?? true
    }
    guard let over = inventory?.operations[operation.id] else { throw CancellationError() }
    return over
  }

  private func problem(_ body: () async throws -> Void) async -> Problem? {
    do { try await body() } catch { return error as? Problem }
    return nil
  }

  private func withGuest(
    _ body: @escaping @Sendable (Engine, BackupRequests) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      _ = try await engine.launch(
        LaunchRequest(name: db, template: Samples.name("tiny-web"), disk: .persistent, boots: true))
      let requests = BackupRequests(
        ledger: engine.ledger, ports: engine.ports, guests: engine.guests,
        identifiers: engine.identifiers)
      try await body(engine, requests)
    }
  }
}
