import Covey
import CoveyEngine
import Support
import Testing

/// What checks show of members, and what becomes of it.
struct MemberHealthTests {
  let web = Samples.name("web")
  let first = Samples.name("web-1")
  let second = Samples.name("web-2")
  let third = Samples.name("web-3")

  @Test func membersThatTheirAgentsSpeakForAreCheckedByCovey() async throws {
    try await withGroup(2, kind: .agent) { engine in
      for _ in 1...2 { await engine.monitor.look() }
      #expect(await engine.gauges.health[first]?.isUp == true)
      await engine.world.silenceAgent(of: first)
      for _ in 1...2 { await engine.monitor.look() }
      #expect(await engine.gauges.health[first]?.isUp == true, "twice is not yet three times")
      await engine.monitor.look()
      #expect(await engine.gauges.health[first]?.isUp == false)
      #expect(await engine.gauges.health[first]?.reason == "its agent does not answer")
      await engine.world.silenceAgent(of: first, false)
      await engine.monitor.look()
      #expect(await engine.gauges.health[first]?.isUp == true)
    }
  }

  @Test func membersThatTheBalancerChecksAreLeftToIt() async throws {
    try await withGroup(1) { engine in
      await engine.world.answerHealth(with: "connection refused")
      for _ in 1...4 { await engine.monitor.look() }
      try await turn(engine)
      #expect(await engine.gauges.health[first]?.isUp == true)
      await engine.world.setUp(false, first, in: web)
      try await turn(engine)
      #expect(await engine.gauges.health[first]?.isUp == false)
    }
  }

  @Test func aMemberThatIsDownForLongIsReplaced() async throws {
    try await withGroup(3) { engine in
      let uuid = await engine.ledger.inventory.guests[first]?.uuid
      await engine.world.setUp(false, first, in: web)
      for _ in 1...29 { try await turn(engine) }
      #expect(await engine.ledger.inventory.guests[first]?.uuid == uuid)
      for _ in 1...5 { try await turn(engine) }
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.state) == [.serving, .serving, .serving])
      #expect(!members.contains { $0.uuid == uuid })
    }
  }

  @Test func membersThatMostlyGoDownAtOnceKeepTheirPlaceInTheBalancerAndComeBack() async throws {
    try await withGroup(3) { engine in
      let before = await engine.ledger.inventory.members(of: web).map(\.uuid)
      for member in [first, second] { await engine.world.setUp(false, member, in: web) }
      for _ in 1...28 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.repair != nil)
      #expect(await engine.world.balancers[web]?.count == 3)
      for member in [first, second] { await engine.world.setUp(true, member, in: web) }
      try await turn(engine)
      #expect(await engine.ledger.inventory.groups[web]?.repair == nil)
      for _ in 1...40 { try await turn(engine) }
      #expect(await engine.ledger.inventory.members(of: web).map(\.uuid) == before)
    }
  }

  @Test func aGroupThatIsLeftAloneIsNotTakenForIdle() async throws {
    try await withGroup(3) { engine in
      try await engine.ledger.request(.resume, on: web)
      for isUp in [false, true] {
        for member in [first, second, third] { await engine.world.setUp(isUp, member, in: web) }
        for _ in 1...28 {
          for member in [first, second, third] { await engine.world.setCPU(.zero, of: member) }
          try await turn(engine)
        }
        let desired = await engine.ledger.inventory.groups[web]?.desired ?? 0
        #expect((desired < 3) == isUp)
      }
    }
  }

  @Test func aBalancerThatIsMuteSaysNothingAgainstItsMembers() async throws {
    try await withGroup(3) { engine in
      await engine.world.setUp(false, first, in: web)
      for _ in 1...20 { try await turn(engine) }
      await engine.world.fail("open", with: Problem(.unavailable, "mute", hint: ""))
      await engine.world.loseBalancer(web)
      for _ in 1...20 { try await turn(engine) }
      #expect(await engine.gauges.health[first] == nil)
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
    }
  }

  @Test func theIdlestMemberGoesAndTheRoundsSayWhy() async throws {
    try await withGroup(3, reports: true) { engine in
      for (member, cost) in [(first, 4.0), (second, 0), (third, 2)] {
        await engine.world.report(.said(MemberReport(standing: .up, cost: cost)), of: member)
      }
      try await engine.ledger.request(.scale(to: 2), on: web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.members(of: web).map(\.name) == [first, third])
      let rounds = try await engine.rounds.rounds(of: web, limit: 50)
      let reasons = rounds.filter { $0.verdict.rule == .leaving }.map(\.verdict.reason)
      #expect(reasons == ["web-2 goes: cost 0, the least"])
    }
  }

  @Test func aMemberThatDrainsIsTakenBackBeforeAnythingIsStarted() async throws {
    try await withGroup(2) { engine in
      await engine.world.setSessions(3, of: second, in: web)
      await engine.world.setSessions(4, of: first, in: web)
      let uuids = await engine.ledger.inventory.members(of: web).map(\.uuid)
      try await engine.ledger.request(.scale(to: 1), on: web)
      engine.time.advance(by: .seconds(1))
      await engine.scaler.tick()
      _ = await engine.ledger.inventory { inventory in
        inventory.operation(on: second)?.cursor == 1
      }
      #expect(await engine.ledger.inventory.guests[second]?.state == .draining)
      try await engine.ledger.request(.scale(to: 2), on: web)
      try await turn(engine)
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.uuid) == uuids)
      #expect(members.map(\.state) == [.serving, .serving])
      let calls = await engine.world.calls(about: second)
      #expect(calls.suffix(2) == ["drain", "enter"])
      #expect(await engine.world.balancers[web]?[second]?.isDraining == false)
    }
  }

  /// A retirement that has left its drain goes to its end, and an undrain that a daemon left half done is taken up.
  @Test(arguments: [0, 1, 2])
  func aTakingBackEndsConsistentWhereverTheDaemonDies(_ cursor: Int) async throws {
    let store = MemoryStore()
    let dying = try Engine(store: store)
    try await serve(2, dying, kind: .http)
    // Nobody carries anything out: the daemon dies with both as they are saved.
    guard
      case .began(let leaving) = try await dying.ledger.request(
        .retire(drainWithin: .seconds(30), stopWithin: .seconds(5)), on: second)
    else { return }
    try await dying.ledger.record([.stepBegan(leaving.id, cursor: cursor)])
    if cursor < 2 {
      _ = try await dying.ledger.request(.undrain, on: second)
    } else {
      await #expect(throws: Problem.self) {
        _ = try await dying.ledger.request(.undrain, on: second)
      }
    }
    let next = try Engine(store: store)
    try await next.performing { engine in
      await engine.settle()
      let guest = await engine.ledger.inventory.guests[second]
      #expect(guest?.state == (cursor < 2 ? .serving : nil))
      let unfinished = await engine.ledger.inventory.operations.values.filter { !$0.status.isOver }
      #expect(unfinished.isEmpty)
    }
  }

  /// One turn of the loop, and all that it set off.
  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  private func withGroup(
    _ size: Int, kind: HealthCheck.Kind = .http, reports: Bool = false,
    _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.performing { engine in
      try await begin(size, engine, kind: kind, reports: reports)
      try await body(engine)
    }
  }

  private func serve(_ size: Int, _ engine: Engine, kind: HealthCheck.Kind) async throws {
    try await engine.performing { engine in try await begin(size, engine, kind: kind) }
  }

  private func begin(
    _ size: Int, _ engine: Engine, kind: HealthCheck.Kind, reports: Bool = false
  ) async throws {
    let sample = Samples.template()
    let template = Template(
      name: sample.name, digest: sample.digest, summary: "", machine: sample.machine,
      kernelArguments: "", identity: .channel, ports: [80],
      health: HealthCheck(kind: kind, port: kind == .agent ? 0 : 80, within: .seconds(60)),
      reportPort: reports ? 80 : nil, files: sample.files, created: .zero)
    try await engine.ledger.record([.templateSealed(template)])
    var settings = Samples.settings()
    // A clock that jumps must not end a drain while the test looks at it.
    settings.drainWithin = .seconds(360_000)
    try await engine.groups.create(web, settings)
    // An idle group would shrink.
    try await engine.ledger.request(.pause, on: web)
    try await engine.ledger.request(.scale(to: size), on: web)
    for _ in 1...3 { try await turn(engine) }
    #expect(await engine.ledger.inventory.members(of: web).count == size)
  }

  @Test func whatIsOddAboutAMembersAnswerIsRemarked() async throws {
    try await withGroup(2) { engine in
      let address = try #require(await engine.ledger.inventory.guests[first]?.address)
      await engine.world.answerOddly("it redirects to itself", at: address)
      await engine.monitor.remark()
      #expect(await engine.gauges.remarks == [first: "it redirects to itself"])
      await engine.world.answerOddly(nil, at: address)
      await engine.monitor.remark()
      #expect(await engine.gauges.remarks.isEmpty)
    }
  }
}
