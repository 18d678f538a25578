import Covey
import CoveyEngine
import Support
import Testing

struct ScalerTests {
  let web = Samples.name("web")
  let first = Samples.name("web-1")
  let second = Samples.name("web-2")

  @Test func aNewGroupGetsItsFirstMemberBehindItsBalancer() async throws {
    try await withGroup { engine in
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
      #expect(await engine.world.balancers[web]?.keys.map(\.text) == ["web-1"])
      #expect(
        await engine.world.calls(about: first) == ["create", "define", "start", "expose", "enter"])
    }
  }

  @Test func loadOverTheThresholdAddsAMemberAndItsEndRemovesIt() async throws {
    try await withGroup { engine in
      try await load(90, on: [first], for: 12, engine)
      let grown = await engine.ledger.inventory.members(of: web)
      #expect(grown.map(\.state) == [.serving, .serving])
      try await load(1, on: [first, second], for: 40, engine)
      #expect(await engine.ledger.inventory.members(of: web).map(\.name) == [first])
      let calls = await engine.world.calls(about: second)
      #expect(
        calls == [
          "create", "define", "start", "expose", "enter", "drain", "leave", "destroy",
          "undefine", "remove",
        ])
    }
  }

  @Test func drainingWaitsForTheMembersConnections() async throws {
    try await withGroup(desired: 2) { engine in
      await engine.world.setSessions(3, of: second, in: web)
      try await engine.ledger.request(.scale(to: 1), on: web)
      let before = engine.time.now()
      try await turn(engine)
      // The sessions never end here: the drain goes on at its deadline of 30 s.
      #expect(engine.time.now() - before >= .seconds(30))
      #expect(await engine.ledger.inventory.guests[second] == nil)
    }
  }

  @Test func aMemberThatDiesIsReplaced() async throws {
    try await withGroup { engine in
      await engine.world.crash(first)
      await engine.watcher.look()
      for _ in 1...4 { try await turn(engine) }
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.state) == [.serving])
      #expect(members.first?.uuid != "u1")
    }
  }

  @Test func twentyFailingLaunchesNeverExceedTheCapAndThenStop() async throws {
    let engine = try await engineWithTemplate()
    await engine.world.fail("start", with: Problem(.unavailable, "QEMU is broken", hint: "mend it"))
    try await engine.performing { engine in
      try await engine.groups.create(web, Samples.settings(min: 2, max: 2))
      var most = 0
      for _ in 1...600 {
        try await turn(engine)
        most = max(most, await engine.ledger.inventory.members(of: web).count)
        engine.time.advance(by: .seconds(5))
      }
      let group = await engine.ledger.inventory.groups[web]
      let launches = await engine.world.calls.filter { $0.hasPrefix("start ") }.count
      #expect(most <= 2)
      #expect(group?.brake.hasStopped == true)
      // Two at once before the first failure was known; after it one at a time.
      #expect((20...21).contains(launches))
      #expect(await engine.ledger.inventory.members(of: web).isEmpty)
      await engine.world.succeed("start")
      try await engine.ledger.request(.resume, on: web)
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.ledger.inventory.members(of: web).map(\.state) == [.serving, .serving])
    }
  }

  @Test func aBalancerThatIsGoneIsOpenedAgainWithItsMembers() async throws {
    try await withGroup { engine in
      await engine.world.loseBalancer(web)
      try await turn(engine)
      #expect(await engine.world.balancers[web]?.keys.map(\.text) == ["web-1"])
    }
  }

  @Test func aListenerThatWasMovedIsFollowedEvenByTheNextDaemon() async throws {
    try await withGroup { engine in
      var settings = GroupSettings()
      settings.listen = try Endpoint("127.0.0.1:9090")
      #expect(try await engine.groups.set(web, settings) == nil)
      #expect(await engine.world.calls.filter { $0 == "open web" }.count >= 2)
      await engine.world.fail("open", with: Problem(.inUse, "the port is taken", hint: ""))
      settings.listen = try Endpoint("127.0.0.1:9091")
      await #expect(throws: Problem.self) { try await engine.groups.set(web, settings) }
      #expect(await engine.ledger.inventory.groups[web]?.spec.listen?.port == 9090)
    }
  }

  @Test func balancersThatNoGroupNeedsAreEndedAtTheStart() async throws {
    try await withGroup { engine in
      let listen = try Endpoint("127.0.0.1:9090")
      try await engine.world.open(
        Listener(
          endpoint: listen, mode: .http,
          frontends: [Frontend(group: Samples.name("old"), listen: listen)]))
      await engine.scaler.prepare()
      #expect(await engine.world.balancers.keys.map(\.text) == ["web"])
    }
  }

  @Test func aBalancerThatCannotBeOpenedShowsInTheGroupAndIsTriedAgain() async throws {
    try await withGroup { engine in
      await engine.world.loseBalancer(web)
      let problem = Problem(.inUse, subject: "127.0.0.1:8080", "the port is taken", hint: "free it")
      await engine.world.fail("open", with: problem)
      try await turn(engine)
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == problem)
      await engine.world.succeed("open")
      try await turn(engine)
      try await turn(engine)
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == nil)
    }
  }

  @Test func aGroupWhoseListenerIsTakenIsNotCreated() async throws {
    let engine = try await engineWithTemplate()
    let problem = Problem(.inUse, subject: "127.0.0.1:8080", "the port is taken", hint: "free it")
    await engine.world.fail("open", with: problem)
    await #expect(throws: problem) { try await engine.groups.create(web, Samples.settings()) }
    #expect(await engine.ledger.inventory.groups.isEmpty)
  }

  @Test func deletingAGroupEndsItsMembersThenItsBalancer() async throws {
    try await withGroup(desired: 2) { engine in
      try await engine.ledger.request(.delete, on: web)
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups.isEmpty)
      #expect(await engine.ledger.inventory.guests.isEmpty)
      #expect(await engine.world.balancers.isEmpty)
      #expect(await engine.world.defined.isEmpty)
    }
  }

  @Test func everyRoundIsKeptWithItsInputsAndItsRule() async throws {
    try await withGroup { engine in
      try await load(90, on: [first], for: 8, engine)
      let rounds = try await engine.rounds.rounds(of: web, limit: 50)
      let grown = rounds.first { $0.verdict.move == .grow }
      #expect(grown?.verdict.rule == .aboveThreshold)
      #expect(grown?.cpu[first].map { $0 > 85 } == true)
      #expect(rounds.map(\.at) == rounds.map(\.at).sorted(by: >))
    }
  }

  @Test func guestsAreReadInOneBulkCallAndAFailedReadDecidesNothing() async throws {
    try await withGroup { engine in
      await engine.world.fail("observe", with: Problem(.unavailable, "libvirt is gone", hint: ""))
      try await load(90, on: [first], for: 10, engine)
      #expect(await engine.ledger.inventory.groups[web]?.desired == 1)
    }
  }

  private func engineWithTemplate() async throws -> Engine {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    return engine
  }

  private func withGroup(
    desired: Int = 1, _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try await engineWithTemplate()
    try await engine.performing { engine in
      try await engine.groups.create(web, Samples.settings())
      try await engine.ledger.request(.scale(to: desired), on: web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.members(of: web).count == desired)
      try await body(engine)
    }
  }

  /// One turn of the loop, and all that it set off.
  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  /// Turns of one second in which the guests use so much of their CPU.
  private func load(_ percent: Double, on guests: [Name], for seconds: Int, _ engine: Engine)
    async throws
  {
    for _ in 1...seconds {
      let now = engine.time.now().milliseconds
      for guest in guests {
        await engine.world.setCPU(.milliseconds(Int64(Double(now) * percent / 100)), of: guest)
      }
      try await turn(engine)
    }
  }
}
