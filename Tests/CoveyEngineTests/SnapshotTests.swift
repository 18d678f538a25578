import Covey
import CoveyEngine
import Support
import Testing

struct SnapshotTests {
  let db = Samples.name("db")
  let base = Samples.name("base")
  let fault = Problem(.unavailable, subject: "test", "it broke", hint: "none")

  @Test func aSnapshotLeavesTheGuestRunningOnANewLayer() async throws {
    try await withGuest { engine in
      let operation = try await engine.ask(take(), of: db)
      #expect(operation.status == .done && operation.snapshot?.name == base)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks.active == 1)
      #expect(guest?.disks.snapshot(base)?.consistency == .crash)
      #expect(await engine.world.layerFiles[db] == [1])
    }
  }

  @Test(arguments: ["addLayer", "turn"])
  func aSnapshotThatFailsLeavesTheGuestAsItWas(_ step: String) async throws {
    try await withGuest { engine in
      await engine.world.fail(step, with: fault)
      let operation = try await engine.ask(take(), of: db)
      #expect(operation.status == .failed && operation.problem == fault)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks == DiskTree())
      #expect(await engine.world.layerFiles[db] ?? [] == [])
    }
  }

  @Test func aRestoreThatFailsBeforeTheDiskWentBackLosesNothing() async throws {
    try await withGuest { engine in
      _ = try await engine.ask(take(), of: db)
      await engine.world.fail("destroy", with: fault)
      let operation = try await engine.ask(.restore(RestoreRequest(snapshot: base)), of: db)
      #expect(operation.status == .failed)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.disks.active == 1 && guest?.disks.snapshots.count == 1)
      #expect(await engine.world.layerFiles[db] == [1])
    }
  }

  @Test func aRestoreThatFailsAfterwardsSaysSoAndKeepsTheDiskWhereItWentBack() async throws {
    try await withGuest { engine in
      _ = try await engine.ask(take(), of: db)
      await engine.world.fail("start", with: fault)
      let operation = try await engine.ask(.restore(RestoreRequest(snapshot: base)), of: db)
      #expect(operation.status == .failed)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .failed && guest?.reason == fault.message)
      #expect(guest?.disks.active == 2 && guest?.disks.snapshots.count == 2)
      await engine.world.succeed("start")
      #expect(try await engine.ask(.start, of: db).status == .done)
    }
  }

  @Test func aMergeThatFailsIsDoneByTheNextDelete() async throws {
    try await withGuest { engine in
      _ = try await engine.ask(take(), of: db)
      let second = try SnapshotRequest(name: Samples.name("second"))
      _ = try await engine.ask(.snapshot(second), of: db)
      await engine.world.fail("commit", with: fault)
      #expect(try await engine.ask(.deleteSnapshot(base), of: db).status == .failed)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .running && guest?.disks.snapshot(base) == nil)
      #expect(guest?.disks.layers == [0, 1, 2])
      await engine.world.succeed("commit")
      let delete = GuestRequest.deleteSnapshot(Samples.name("second"))
      #expect(try await engine.ask(delete, of: db).status == .done)
      #expect(await engine.ledger.inventory.guests[db]?.disks.layers.count == 1)
    }
  }

  @Test func aSnapshotWithMemoryResumesInsteadOfBooting() async throws {
    try await withGuest { engine in
      let wish = try SnapshotRequest(name: base, savesMemory: true)
      _ = try await engine.ask(.snapshot(wish), of: db)
      #expect(await engine.world.memoryFiles[db] == [1])
      _ = try await engine.ask(.restore(RestoreRequest(snapshot: base)), of: db)
      #expect(await engine.world.calls(about: db).contains("resume"))
      #expect(await engine.ledger.inventory.guests[db]?.start == .resume)
      _ = try await engine.ask(.deleteSnapshot(base), of: db)
      #expect(await engine.world.memoryFiles[db] == [])
    }
  }

  /// Nobody would know of it once its snapshot is forgotten.
  @Test func aMemoryThatCannotBeRemovedKeepsItsSnapshot() async throws {
    try await withGuest { engine in
      let wish = try SnapshotRequest(name: base, savesMemory: true)
      _ = try await engine.ask(.snapshot(wish), of: db)
      await engine.world.fail("dropMemory", with: fault)
      #expect(try await engine.ask(.deleteSnapshot(base), of: db).problem == fault)
      #expect(await engine.ledger.inventory.guests[db]?.disks.snapshot(base) != nil)
      await engine.world.succeed("dropMemory")
      #expect(try await engine.ask(.deleteSnapshot(base), of: db).status == .done)
      #expect(await engine.world.memoryFiles[db] == [])
    }
  }

  @Test(arguments: [false, true])
  func aSnapshotOfAGuestThatIsOffSaysHowItWasEnded(_ isForced: Bool) async throws {
    try await withGuest { engine in
      _ = try await engine.ask(.stop(within: .seconds(5), force: isForced), of: db)
      _ = try await engine.ask(take(), of: db)
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.disks.snapshot(base)?.consistency == (isForced ? .crash : .off))
    }
  }

  private func take() throws -> GuestRequest {
    .snapshot(try SnapshotRequest(name: base))
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
