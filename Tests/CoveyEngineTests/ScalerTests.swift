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
      // The one with more sessions stays.
      await engine.world.setSessions(4, of: first, in: web)
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

  @Test func groupsShareAListenerAndOneThatGoesLeavesTheOther() async throws {
    try await withGroup { engine in
      var settings = Samples.settings()
      settings.traffic.path = "/api"
      let api = Samples.name("api")
      try await engine.groups.create(api, settings)
      try await turn(engine)
      #expect(await engine.world.listeners == [Samples.endpoint: [web, api]])
      #expect(await engine.ledger.inventory.members(of: api).map(\.state) == [.serving])
      try await engine.ledger.request(.delete, on: web)
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.world.listeners == [Samples.endpoint: [api]])
      #expect(await engine.world.balancers[api]?.keys.map(\.text) == ["api-1"])
    }
  }

  @Test func aMovedGroupServesAtItsNewListenerBeforeTheOldOneCloses() async throws {
    try await withGroup { engine in
      let old = await engine.world.calls.count
      var settings = GroupSettings()
      settings.listen = try Endpoint("127.0.0.1:9090")
      #expect(try await engine.groups.set(web, settings) == nil)
      let calls = await engine.world.calls.dropFirst(old)
      #expect(Array(calls) == ["open web", "enter web-1", "close 127.0.0.1:8080"])
      #expect(await engine.world.listeners.keys.map(\.port) == [9090])
    }
  }

  @Test func aFailedMoveLeavesTheGroupWhereItWas() async throws {
    try await withGroup { engine in
      let problem = Problem(.unavailable, "HAProxy does not answer", hint: "")
      await engine.world.fail("enter", with: problem)
      var settings = GroupSettings()
      settings.listen = try Endpoint("127.0.0.1:9090")
      await #expect(throws: problem) { try await engine.groups.set(web, settings) }
      #expect(await engine.world.listeners == [Samples.endpoint: [web]])
      #expect(await engine.ledger.inventory.groups[web]?.spec.listen == Samples.endpoint)
    }
  }

  @Test func aMemberThatHasBootedWaitsForABalancerThatDoesNotAnswer() async throws {
    try await withGroup { engine in
      let down = Problem(.unavailable, "HAProxy does not answer", hint: "")
      await engine.world.fail("enter", with: down, times: 50)
      try await engine.ledger.request(.scale(to: 2), on: web)
      try await turn(engine)
      let inventory = await engine.ledger.inventory
      #expect(inventory.members(of: web).filter { $0.state == .serving }.count == 2)
      #expect(inventory.operations.values.allSatisfy { $0.problem == nil })
      #expect(inventory.groups[web]?.brake.failures == 0)
      let calls = await engine.world.calls(about: second)
      #expect(calls.filter { $0 == "start" }.count == 1 && !calls.contains("destroy"))
    }
  }

  @Test func aMemberOfAGroupThatIsDeletedWaitsForNoBalancer() async throws {
    try await withGroup { engine in
      await engine.world.fail("enter", with: Problem(.unavailable, "HAProxy does not answer"))
      try await engine.ledger.request(.scale(to: 2), on: web)
      engine.time.advance(by: .seconds(1))
      await engine.scaler.tick()
      #expect(await engine.ledger.inventory.guests[second] != nil)
      try await engine.ledger.request(.delete, on: web)
      await engine.settle()
      for _ in 1...5 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups.isEmpty)
    }
  }

  @Test func aWeightReachesTheBalancerAtTheNextLook() async throws {
    try await withGroup { engine in
      try await engine.ledger.request(.weigh(first, 30), on: web)
      try await turn(engine)
      #expect(await engine.world.weights[first] == 30)
    }
  }

  @Test func aMemberThatAsksForNothingNewIsNotFought() async throws {
    try await withReportingGroup { engine in
      await engine.world.report(.said(MemberReport(standing: .drain)), of: first)
      await engine.reports.look()
      try await engine.world.drain(first, in: frontend(engine))
      let before = await engine.world.calls.count
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.world.calls.dropFirst(before).allSatisfy { $0 != "enter web-1" })
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
      // It says that it is well again, and HAProxy did not hear "ready".
      await engine.world.report(.said(MemberReport(standing: .up)), of: first)
      try await turn(engine)
      #expect(await engine.world.balancers[web]?[first]?.isDraining == false)
    }
  }

  @Test func aMemberThatSaysItIsDownIsReplacedWithItsOwnReason() async throws {
    try await withReportingGroup { engine in
      let report = MemberReport(standing: .down, why: "the disk is full")
      await engine.world.report(.said(report), of: first)
      await engine.reports.look()
      await engine.world.setUp(false, first, in: web)
      for _ in 1...32 { try await turn(engine) }
      let events = try engine.store.events(after: 0, limit: 1000).map(\.event)
      #expect(
        events.contains(
          .guestFound(
            first, .failed, reason: "for 30s it says that it is down: the disk is full")))
    }
  }

  @Test func aCertificateThatGoesBadShowsInTheGroupWhichServesOn() async throws {
    let engine = try await engineWithTemplate()
    try await engine.performing { engine in
      var settings = Samples.settings()
      settings.traffic.certificate = "/srv/site.pem"
      try await engine.groups.create(web, settings)
      try await turn(engine)
      let problem = Problem(.invalid, "it expired", hint: "renew it")
      await engine.world.fail("renew", with: problem)
      try await engine.ledger.request(.scale(to: 2), on: web)
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == problem)
      #expect(await engine.ledger.inventory.members(of: web).map(\.state) == [.serving, .serving])
      await engine.world.succeed("renew")
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == nil)
    }
  }

  /// A group whose members say how they are.
  private func withReportingGroup(
    _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    let template = Samples.template(ports: [80, 9707], reportPort: 9707)
    try await engine.ledger.record([.templateSealed(template)])
    try await engine.performing { engine in
      try await engine.groups.create(web, Samples.settings())
      try await turn(engine)
      try await body(engine)
    }
  }

  private func frontend(_ engine: Engine) async throws -> Frontend {
    let inventory = await engine.ledger.inventory
    return try #require(inventory.groups[web]?.frontend(in: inventory))
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
