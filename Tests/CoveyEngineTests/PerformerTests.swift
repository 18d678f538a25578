import Covey
import CoveyEngine
import Support
import Testing

struct PerformerTests {
  let db = Samples.name("db")
  let fault = Problem(.unavailable, subject: "test", "it broke", hint: "none")

  @Test func aLaunchClonesDefinesStartsAndWaitsForHealth() async throws {
    let operation = try await withEngine { engine in
      let operation = try await engine.launch(request())
      #expect(
        await engine.world.calls(about: db) == ["create", "define", "start", "expose"])
      #expect(await engine.ledger.inventory.guests[db]?.state == .running)
      #expect(await engine.ledger.inventory.guests[db]?.readyAt != nil)
      return operation
    }
    #expect(operation.status == .done)
  }

  @Test(arguments: ["create", "define", "start", "expose"])
  func aLaunchThatFailsAtAnyStepLeavesNothingBehind(_ step: String) async throws {
    try await withEngine { engine in
      await engine.world.fail(step, with: fault)
      let operation = try await engine.launch(request())
      #expect(operation.status == .failed)
      #expect(operation.problem == fault)
      #expect(await engine.ledger.inventory.guests[db] == nil)
      #expect(await engine.world.defined.isEmpty)
      #expect(await engine.world.disks.isEmpty)
      #expect(await engine.world.machines.isEmpty)
    }
  }

  @Test func aGuestThatNeverAnswersIsTakenBackWithItsConsolesLastWords() async throws {
    try await withEngine { engine in
      await engine.world.answerHealth(with: "connection refused")
      let operation = try await engine.launch(request())
      #expect(operation.problem?.code == .deadline)
      #expect(operation.problem?.message.contains("kernel: booting") == true)
      #expect(operation.problem?.message.contains("connection refused") == true)
      #expect(await engine.ledger.inventory.guests[db] == nil)
      #expect(await engine.world.defined.isEmpty)
    }
  }

  @Test func aFailedGuestIsKeptWhereThatWasAskedFor() async throws {
    try await withEngine { engine in
      await engine.world.answerHealth(with: "connection refused")
      _ = try await engine.launch(request(keepsFailed: true))
      let guest = await engine.ledger.inventory.guests[db]
      #expect(guest?.state == .failed)
      #expect(guest?.reason?.contains("connection refused") == true)
      #expect(try await engine.ask(.delete(force: false), of: db).status == .done)
    }
  }

  @Test func aStepThatCannotBeTakenBackLeavesAFailedGuestThatStillCounts() async throws {
    try await withEngine { engine in
      await engine.world.fail("expose", with: fault)
      await engine.world.fail("destroy", with: fault)
      _ = try await engine.launch(request())
      #expect(await engine.ledger.inventory.guests[db]?.state == .failed)
      await engine.world.succeed("destroy")
      #expect(try await engine.ask(.delete(force: true), of: db).status == .done)
      #expect(await engine.world.defined.isEmpty)
    }
  }

  @Test func stoppingPressesThePowerButtonAndThenEndsTheMachine() async throws {
    try await withEngine { engine in
      _ = try await engine.launch(request())
      await engine.world.ignorePowerButton()
      let stop = GuestRequest.stop(within: .seconds(10), force: false)
      #expect(try await engine.ask(stop, of: db).status == .done)
      let calls = await engine.world.calls(about: db)
      #expect(calls.contains("shutdown") && calls.last == "destroy")
      #expect(await engine.ledger.inventory.guests[db]?.state == .stopped)
    }
  }

  @Test func anEphemeralGuestGetsAFreshDiskAtEveryStart() async throws {
    try await withEngine { engine in
      _ = try await engine.launch(request(disk: .ephemeral))
      _ = try await engine.ask(.stop(within: .seconds(1), force: true), of: db)
      _ = try await engine.ask(.start, of: db)
      #expect(await engine.world.calls(about: db).contains("renew"))
    }
  }

  @Test func aForcedDeleteInterruptsWhatIsUnderWay() async throws {
    try await withEngine { engine in
      await engine.world.answerHealth(with: "connection refused")
      let outcome = try await engine.guests.launch(request(readyWithin: .seconds(3600 * 24)))
      guard case .began(let launch) = outcome else {
        Issue.record("the launch did not begin")
        return
      }
      let delete = try await engine.ask(.delete(force: true), of: db)
      #expect(delete.status == .done)
      #expect(await engine.ledger.inventory.operations[launch.id]?.problem?.code == .cancelled)
      #expect(await engine.ledger.inventory.guests.isEmpty)
      #expect(await engine.world.defined.isEmpty)
    }
  }

  /// The daemon is killed before each step in turn; the next one finishes the plan.
  @Test(arguments: 0..<5)
  func aKilledDaemonsPlanIsTakenUpAtTheStepItWasAt(_ cursor: Int) async throws {
    let store = MemoryStore()
    let first = try Engine(store: store)
    try await first.ledger.record([.templateSealed(Samples.template())])
    guard case .began(let operation) = try await first.guests.launch(request()) else {
      Issue.record("the launch did not begin")
      return
    }
    for index in 0...cursor where index < operation.steps.count {
      try await first.ledger.record([.stepBegan(operation.id, cursor: index)])
    }
    // No performer ever ran on the first engine: that is the kill.
    let second = try Engine(store: store)
    try await second.performing { engine in
      await engine.settle()
      #expect(await engine.ledger.inventory.operations[operation.id]?.status == .done)
      #expect(await engine.ledger.inventory.guests[db]?.state == .running)
    }
  }

  @Test func aDiskThatIsGoneIsReportedAndNeverReplacedByABlankOne() async throws {
    try await withEngine { engine in
      _ = try await engine.launch(request())
      _ = try await engine.ask(.stop(within: .seconds(1), force: true), of: db)
      await engine.world.loseDisk(of: db)
      let start = try await engine.ask(.start, of: db)
      #expect(start.problem?.code == .notFound)
      #expect(await engine.world.disks.isEmpty)
      #expect(await engine.ledger.inventory.guests[db]?.state == .failed)
    }
  }

  @Test func anUnknownOutcomeIsLookedAtAgain() async throws {
    try await withEngine { engine in
      let broke = Problem(.unknownOutcome, subject: "db", "the connection broke", hint: "wait")
      await engine.world.fail("start", with: broke, times: 2)
      let launch = try await engine.launch(request())
      #expect(launch.status == .done)
      #expect(await engine.world.calls(about: db).filter { $0 == "start" }.count == 3)
    }
  }

  @Test func aStoreThatFailsForAMomentOnlyHoldsAPlanUp() async throws {
    let store = MemoryStore()
    let engine = try Engine(store: store)
    try await engine.ledger.record([.templateSealed(Samples.template())])
    guard case .began(let launch) = try await engine.guests.launch(request()) else {
      Issue.record("the launch did not begin")
      return
    }
    store.failWrites(with: Problem(.noSpace, subject: "covey.sqlite", "the disk is full", hint: ""))
    try await engine.performing { engine in
      let full = engine.time.now()
      while engine.time.now() - full < .seconds(5) { await Task.yield() }
      #expect(await engine.ledger.inventory.operations[launch.id]?.status == .running)
      store.failWrites(with: nil)
      await engine.settle()
      #expect(await engine.ledger.inventory.operations[launch.id]?.status == .done)
    }
  }

  @Test func aPowerButtonThatCannotBePressedStillEndsInAForcedStop() async throws {
    try await withEngine { engine in
      _ = try await engine.launch(request())
      await engine.world.fail("shutdown", with: fault)
      let stop = GuestRequest.stop(within: .seconds(10), force: false)
      #expect(try await engine.ask(stop, of: db).status == .done)
      #expect(await engine.world.calls(about: db).last == "destroy")
    }
  }

  @Test func aFullStoreRefusesARequestAndChangesNothing() async throws {
    let store = MemoryStore()
    let engine = try Engine(store: store)
    try await engine.ledger.record([.templateSealed(Samples.template())])
    let full = Problem(.noSpace, subject: "covey.sqlite", "the disk is full", hint: "free some")
    store.failWrites(with: full)
    await #expect(throws: full) { try await engine.guests.launch(request()) }
    #expect(await engine.ledger.inventory.guests.isEmpty)
  }

  private func request(
    disk: DiskMode = .persistent, readyWithin: Duration? = nil, keepsFailed: Bool = false
  ) -> LaunchRequest {
    LaunchRequest(
      name: db, template: Samples.name("tiny-web"), disk: disk, readyWithin: readyWithin,
      keepsFailed: keepsFailed)
  }

  private func withEngine<Value: Sendable>(
    _ body: @escaping @Sendable (Engine) async throws -> Value
  ) async throws -> Value {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    return try await engine.performing(body)
  }
}
