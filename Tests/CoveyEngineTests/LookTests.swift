import Covey
import CoveyEngine
import Support
import Testing

/// How often, and in what order, the scaling loop looks at balancers.
struct LookTests {
  let web = Samples.name("web")
  let api = Samples.name("api")
  let first = Samples.name("web-1")

  @Test func aLongIntervalHoldsUpNeitherTheBalancerNorItsMembers() async throws {
    try await withGroup(interval: .seconds(3600)) { engine in
      await engine.world.loseBalancer(web)
      try await turn(engine)
      #expect(await engine.world.balancers[web]?.keys.map(\.text) == ["web-1"])
      await engine.world.setUp(false, first, in: web)
      try await turn(engine)
      #expect(await engine.gauges.health[first]?.isUp == false)
      let problem = Problem(.inUse, "the port is taken", hint: "")
      await engine.world.fail("open", with: problem)
      await engine.world.loseBalancer(web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == problem)
      await engine.world.succeed("open")
      try await turn(engine)
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == nil)
    }
  }

  @Test func theIntervalIsBetweenTwoDecisions() async throws {
    try await withGroup(interval: .seconds(10)) { engine in
      let before = try await engine.rounds.rounds(of: web, limit: 100).count
      for _ in 1...30 { try await turn(engine) }
      #expect(try await engine.rounds.rounds(of: web, limit: 100).count == before + 3)
    }
  }

  @Test func aRoundCountsAllRequestsSinceTheOneBefore() async throws {
    try await withGroup(interval: .seconds(10)) { engine in
      try await untilNextRound(engine)
      await engine.world.setRequests(50, in: web)
      // The balancer is looked at often meanwhile, and the last look finds nothing new.
      try await untilNextRound(engine)
      #expect(await engine.gauges.traffic[web]?.requestRate == 0)
      #expect(try await engine.rounds.rounds(of: web, limit: 1).first?.requestRate == 5)
      try await untilNextRound(engine)
      #expect(try await engine.rounds.rounds(of: web, limit: 1).first?.requestRate == 0)
    }
  }

  @Test func whatAMuteBalancerCountedOnceIsNotItsRate() async throws {
    try await withGroup { engine in
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.gauges.traffic[web]?.requestRate == 0)
      let problem = Problem(.unavailable, "it does not answer", hint: "")
      await engine.world.fail("statistics", with: problem)
      try await turn(engine)
      #expect(await engine.gauges.traffic[web] == nil)
      #expect(try await engine.rounds.rounds(of: web, limit: 1).first?.requestRate == nil)
      await engine.world.succeed("statistics")
      try await turn(engine)
      #expect(try await engine.rounds.rounds(of: web, limit: 1).first?.requestRate == 0)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aMuteListenerHoldsUpItsOwnGroupsAlone() async throws {
    try await withGroup { engine in
      var settings = Samples.settings()
      settings.listen = try Endpoint("127.0.0.1:8081")
      try await engine.groups.create(api, settings)
      try await turn(engine)
      await engine.world.mute(web)
      await withTaskGroup { tasks in
        tasks.addTask { await engine.scaler.run() }
        for size in [2, 3, 2] {
          do { try await engine.ledger.request(.scale(to: size), on: api) } catch {
            Issue.record(error)
          }
          _ = await engine.ledger.inventory { [api] inventory in
            let members = inventory.members(of: api)
            return members.count == size && members.allSatisfy { $0.state == .serving }
          }
        }
        // Changes alone would do for that; this needs looks.
        await engine.world.loseBalancer(api)
        await until { await engine.world.balancers[api]?.count == 2 }
        await engine.world.mute(web, false)
        tasks.cancelAll()
      }
    }
  }

  @Test func groupsOfOneListenerAreLookedAtOneAfterAnother() async throws {
    try await withGroup { engine in
      var settings = Samples.settings()
      settings.traffic.path = "/api"
      try await engine.groups.create(api, settings)
      try await turn(engine)
      for group in [web, api] { await engine.world.loseBalancer(group) }
      let before = await engine.world.calls.count
      try await turn(engine)
      let calls = await engine.world.calls.dropFirst(before)
      #expect(calls.filter { $0.hasPrefix("open") } == ["open api", "open web"])
    }
  }

  /// Waits; a test whose time is up waits no more.
  private func until(_ isSo: () async -> Bool) async {
    while await !isSo(), !Task.isCancelled { await Task.yield() }
  }

  /// One turn of the loop, and all that it set off.
  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  private func untilNextRound(_ engine: Engine) async throws {
    let before = try await engine.rounds.rounds(of: web, limit: 1000).count
    for _ in 1...20 where try await engine.rounds.rounds(of: web, limit: 1000).count == before {
      try await turn(engine)
    }
  }

  private func withGroup(
    interval: Duration = .seconds(1), _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      var settings = Samples.settings()
      settings.interval = interval
      try await engine.groups.create(web, settings)
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
      try await body(engine)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func twoChangesAtOnceLeaveWhatBothAskedFor() async throws {
    try await withGroup { engine in
      let before = await engine.world.calls.count
      await engine.world.mute(web)
      var path = GroupSettings()
      path.traffic.path = "/x"
      var max = GroupSettings()
      max.max = 8
      async let slow = engine.groups.set(web, path)
      // It has made up its mind, and waits for its balancer.
      await until { await engine.world.calls.count != before }
      let quick = try await engine.groups.set(web, max)
      await engine.world.mute(web, false)
      let unchanged = [quick, try await slow]
      #expect(unchanged == [nil, nil])
      let spec = await engine.ledger.inventory.groups[web]?.spec
      #expect(spec?.max == 8 && spec?.traffic.path?.text == "/x")
    }
  }
}
