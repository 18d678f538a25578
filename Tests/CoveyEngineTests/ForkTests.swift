import Covey
import CoveyEngine
import Support
import Testing

/// Forks and their fallbacks, carried out on a world that fails where it is told to.
@Suite(.timeLimit(.minutes(2)))
struct ForkTests {
  let db = Samples.name("db")

  @Test func aForkIsToldWhoItIsBeforeAnybodyCanReachIt() async throws {
    try await withWarmEngine { engine in
      let operation = try await engine.launch(request())
      #expect(operation.status == .done && operation.setback == nil)
      #expect(
        await engine.world.calls(about: db)
          == ["forkDisk", "define", "fork", "identify", "expose"])
      #expect(await engine.ledger.inventory.guests[db]?.start == .fork)
    }
  }

  @Test(arguments: ["forkDisk", "fork", "identify"])
  func aForkThatFailsIsBootedOnceAndSaysSo(_ step: String) async throws {
    try await withWarmEngine { engine in
      await engine.world.fail(step, with: Problem(.unavailable, "it broke"))
      let operation = try await engine.launch(request())
      #expect(operation.status == .done)
      #expect(operation.setback?.message == "it broke")
      let guest = try #require(await engine.ledger.inventory.guests[db])
      #expect(guest.start == .boot && guest.state == .running)
      let calls = await engine.world.calls(about: db)
      #expect(
        calls.suffix(6) == ["destroy", "remove", "create", "define", "start", "expose"])
      #expect(calls.count { $0 == step } == 1)
      let told = try await engine.ledger.events(after: 0, limit: 100).filter {
        if case .operationFellBack = $0.event { true } else { false }
      }
      #expect(told.count == 1)
    }
  }

  @Test func whatWouldFailAColdStartTooIsTakenBack() async throws {
    try await withWarmEngine { engine in
      await engine.world.fail("expose", with: Problem(.inUse, "taken"))
      let operation = try await engine.launch(request())
      #expect(operation.status == .failed && operation.problem?.code == .inUse)
      #expect(await engine.world.isEmpty)
      #expect(await !engine.world.calls(about: db).contains("start"))
    }
  }

  @Test func aFallbackThatFailsTooLeavesNothing() async throws {
    try await withWarmEngine { engine in
      await engine.world.fail("fork", with: Problem(.unavailable, "no fork"))
      await engine.world.fail("start", with: Problem(.unavailable, "no boot"))
      let operation = try await engine.launch(request())
      #expect(operation.problem?.message == "no boot")
      #expect(operation.setback?.message == "no fork")
      #expect(await engine.world.isEmpty)
      #expect(await engine.ledger.inventory.guests[db] == nil)
    }
  }

  @Test func aFallbackThatCannotEndTheForksMachineTakesBackWhatTheForkMade() async throws {
    try await withWarmEngine { engine in
      await engine.world.fail("fork", with: Problem(.unavailable, "no fork"))
      await engine.world.fail("destroy", with: Problem(.conflict, "busy"), times: 1)
      let operation = try await engine.launch(request())
      #expect(operation.problem?.message == "busy")
      #expect(await engine.world.isEmpty)
      #expect(await engine.ledger.inventory.guests[db] == nil)
    }
  }

  @Test func anAlteredSetIsRefusedAndMadeAnewOnce() async throws {
    try await withWarmEngine { engine in
      await engine.world.fail("verify", with: Problem(.altered, "other bytes"), times: 1)
      let operation = try await engine.launch(request())
      #expect(operation.setback?.code == .altered)
      let inventory = await engine.ledger.inventory { inventory in
        inventory.warmSets["w1"] == nil && inventory.warmSets.values.contains { $0.refusal == nil }
      }
      #expect(inventory?.warmSets.count == 1)
      #expect(await engine.world.calls.count { $0 == "boot tiny-web" } == 1)
      let again = try await engine.launch(request("db-2"))
      #expect(again.setback == nil)
      #expect(await engine.ledger.inventory.guests[Samples.name("db-2")]?.start == .fork)
    }
  }

  @Test func aSetThatCannotBeMadeAnewIsNotTriedAgain() async throws {
    try await withWarmEngine { engine in
      await engine.world.fail("verify", with: Problem(.outdated, "other QEMU"), times: 1)
      await engine.world.fail("boot", with: Problem(.noSpace, "full"))
      _ = try await engine.launch(request())
      while await engine.workshop.allJobs.allSatisfy({ !$0.isOver }) { await Task.yield() }
      _ = try await engine.launch(request("db-2"))
      #expect(await engine.world.calls.count { $0 == "boot tiny-web" } == 1)
      #expect(await engine.workshop.allJobs.map(\.problem?.code) == [.noSpace])
    }
  }

  @Test(arguments: [1, 2])
  func aForkThatIsTakenUpBeginsAgainWithItsDisk(cursor: Int) async throws {
    let engine = try await interrupted(at: cursor)
    try await engine.performing { await $0.settle() }
    #expect(
      await engine.world.calls(about: db) == ["forkDisk", "define", "fork", "identify", "expose"])
  }

  @Test func aForkThatRanIsTakenUpWhereItWas() async throws {
    let engine = try await interrupted(at: 3)
    try await engine.performing { await $0.settle() }
    #expect(await engine.world.calls(about: db) == ["identify", "expose"])
  }

  @Test func aDiskThatSomebodyMayHaveWrittenToIsNotRemovedOnTheWayBack() async throws {
    let engine = try await interrupted(at: 5)
    let guest = try #require(await engine.ledger.inventory.guests[db])
    await engine.world.seed(guest, running: true)
    await engine.world.answerHealth(with: "connection refused")
    try await engine.performing { await $0.settle() }
    #expect(await engine.ledger.inventory.guests[db]?.state == .failed)
    #expect(await engine.world.disks == [db])
  }

  @Test func aForkThatNeverAnswersIsBooted() async throws {
    try await withWarmEngine { engine in
      await engine.world.answerHealth(with: "connection refused")
      let operation = try await engine.launch(request())
      #expect(operation.setback?.code == .deadline)
      #expect(operation.problem?.code == .deadline, "the boot did not answer either")
      #expect(await engine.world.isEmpty)
    }
  }

  @Test func aStandbyIsPausedAndWokenIntoTheBalancer() async throws {
    try await withStandby { engine, standby in
      #expect(
        await engine.world.calls(about: standby)
          == ["forkDisk", "define", "fork", "identify", "expose", "pause"])
      #expect(await engine.world.machines.values.map(\.machine) == [.paused])
      let wake = try await engine.ask(.wake, of: standby)
      #expect(wake.status == .done && wake.setback == nil)
      let guest = await engine.ledger.inventory.guests[standby]
      #expect(guest?.state == .serving && guest?.start == .standby)
      #expect(await engine.world.calls(about: standby).suffix(2) == ["wake", "enter"])
    }
  }

  @Test func aStandbyThatDoesNotWakeIsBooted() async throws {
    try await withStandby { engine, standby in
      await engine.world.fail("wake", with: Problem(.unavailable, "it sleeps"))
      let wake = try await engine.ask(.wake, of: standby)
      #expect(wake.status == .done && wake.setback?.message == "it sleeps")
      let guest = await engine.ledger.inventory.guests[standby]
      #expect(guest?.state == .serving && guest?.start == .boot)
      #expect(
        await engine.world.calls(about: standby).suffix(8)
          == ["wake", "leave", "destroy", "renew", "define", "start", "expose", "enter"])
    }
  }

  @Test func aStandbyThatWakesAndDoesNotAnswerIsTakenOutAndBooted() async throws {
    try await withStandby { engine, standby in
      await engine.world.answerHealth(with: "status 503")
      async let waking = engine.ask(.wake, of: standby)
      _ = await engine.ledger.inventory { inventory in
        inventory.operations.values.contains { $0.setback != nil }
      }
      await engine.world.answerHealth(with: nil)
      let wake = try await waking
      #expect(wake.status == .done && wake.setback?.code == .deadline)
      #expect(
        await engine.world.calls(about: standby).suffix(9)
          == ["wake", "enter", "leave", "destroy", "renew", "define", "start", "expose", "enter"])
    }
  }

  private func withStandby(
    _ body: @escaping @Sendable (Engine, Name) async throws -> Void
  ) async throws {
    try await withWarmEngine { engine in
      let (web, standby) = (Samples.name("web"), Samples.name("web-1"))
      try await engine.groups.create(web, Samples.settings())
      _ = try await engine.launch(
        LaunchRequest(
          name: standby, template: Samples.name("tiny-web"), group: web, disk: .ephemeral,
          isStandby: true))
      try await body(engine, standby)
    }
  }

  /// A fork whose daemon died at a step, for the next one to take up.
  private func interrupted(at cursor: Int) async throws -> Engine {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([
      .templateSealed(Samples.template()), .templateWarmed(Samples.warmSet()),
    ])
    guard case .began(let operation) = try await engine.guests.launch(request()) else {
      throw CancellationError()
    }
    try await engine.ledger.record([.stepBegan(operation.id, cursor: cursor)])
    return engine
  }

  @Test func aCoolTemplateBootsItsGuests() async throws {
    try await withWarmEngine { engine in
      #expect(try await engine.workshop.cool(Samples.name("tiny-web")).map(\.id) == ["w1"])
      _ = try await engine.launch(request())
      #expect(await engine.ledger.inventory.guests[db]?.start == .boot)
      #expect(try await engine.workshop.cool(Samples.name("tiny-web")).isEmpty)
    }
  }

  @Test(arguments: ["boot", "seal"])
  func makingATemplateWarmThatFailsLeavesNothing(_ step: String) async throws {
    try await withWarmEngine(isWarm: false) { engine in
      await engine.world.fail(step, with: Problem(.unavailable, "it broke"))
      let outcome = try await engine.workshop.warm(
        WarmRequest(template: Samples.name("tiny-web")))
      guard case .began(let job) = outcome else { throw CancellationError() }
      while await engine.workshop.job(job.id)?.isOver == false { await Task.yield() }
      #expect(await engine.workshop.job(job.id)?.problem?.message == "it broke")
      #expect(await engine.world.isEmpty)
      #expect(await engine.ledger.inventory.warmSets.isEmpty)
    }
  }

  @Test func aTemplateIsMadeWarmAndThenForked() async throws {
    try await withWarmEngine(isWarm: false) { engine in
      _ = try await engine.workshop.warm(WarmRequest(template: Samples.name("tiny-web")))
      _ = await engine.ledger.inventory { !$0.warmSets.isEmpty }
      _ = try await engine.launch(request())
      #expect(await engine.ledger.inventory.guests[db]?.start == .fork)
    }
  }

  private func request(_ name: String = "db") -> LaunchRequest {
    LaunchRequest(name: Samples.name(name), template: Samples.name("tiny-web"))
  }

  private func withWarmEngine(
    isWarm: Bool = true, _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    if isWarm { try await engine.ledger.record([.templateWarmed(Samples.warmSet())]) }
    try await engine.performing { engine in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await engine.workshop.run() }
        defer { group.cancelAll() }
        // What the workshop looks at when it starts is no part of what is tested.
        while isWarm, await !engine.world.calls.contains("verify tiny-web") { await Task.yield() }
        try await body(engine)
      }
    }
  }
}
