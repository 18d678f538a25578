import Covey
import CoveyEngine
import Support
import Testing

struct EngineNamesTests {
  let web = Samples.name("web")
  let first = Samples.name("web-1")
  let second = Samples.name("web-2")

  @Test func aGroupByDNSHasNoBalancerAndItsMembersServe() async throws {
    try await withGroup { engine in
      #expect(
        await engine.ledger.inventory.groups[web]?.isSettled(in: engine.ledger.inventory) == true)
      #expect(await engine.world.balancers.isEmpty)
      #expect(
        await engine.world.calls(about: first) == ["create", "define", "start", "expose"])
      #expect(await answered(engine) == 2)
    }
  }

  @Test func aMemberThatFailsThreeChecksIsOutAndBackWithTheFirstGoodOne() async throws {
    try await withGroup { engine in
      let bad = try #require(await engine.ledger.inventory.guests[first]?.address)
      await engine.world.answerHealth(with: "connection refused", at: bad)
      for expected in [2, 2, 1] {
        try await turn(engine)
        #expect(await answered(engine) == expected)
      }
      await engine.world.answerHealth(with: nil, at: bad)
      try await turn(engine)
      #expect(await answered(engine) == 2)
    }
  }

  @Test func whenAllChecksFailEveryAddressIsAnswered() async throws {
    try await withGroup { engine in
      await engine.world.answerHealth(with: "connection refused")
      for _ in 1...4 { try await turn(engine) }
      #expect(await answered(engine) == 2)
    }
  }

  @Test func aMemberThatStaysDownIsReplaced() async throws {
    try await withGroup { engine in
      var settings = GroupSettings()
      settings.min = 2
      _ = try await engine.groups.set(web, settings)
      let guest = try #require(await engine.ledger.inventory.guests[first])
      await engine.world.answerHealth(with: "connection refused", at: guest.address)
      for _ in 1...34 { try await turn(engine) }
      await engine.world.answerHealth(with: nil, at: guest.address)
      // The new one may have the old one's address, and have been launched in vain before.
      for _ in 1...20 { try await turn(engine) }
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.state) == [.serving, .serving])
      #expect(!members.map(\.uuid).contains(guest.uuid))
    }
  }

  @Test(arguments: [MemberReport.Standing.drain, .maint, .down])
  func aMemberThatWantsNothingNewOrCannotServeIsOutUntilItSaysThatItIsUp(
    _ standing: MemberReport.Standing
  ) async throws {
    try await withGroup { engine in
      let refusing = ReportFinding.said(MemberReport(standing: standing))
      await engine.gauges.note([first: refusing, second: .said(MemberReport(standing: .up))])
      #expect(await engine.zones.publish().addresses[web] == address(of: second, in: engine))
      for finding in [ReportFinding.silent("no answer"), .nonsense("banana")] {
        await engine.gauges.note([first: finding, second: finding])
        #expect(await answered(engine) == 1, "silence is no word")
      }
      await engine.gauges.note([first: .said(MemberReport(standing: .up))])
      #expect(await answered(engine) == 2)
      await engine.gauges.note([first: refusing, second: refusing])
      #expect(await answered(engine) == 2, "an answer is never empty")
    }
  }

  @Test(.timeLimit(.minutes(1))) func whatAMemberSaysIsPublishedAtOnce() async throws {
    try await withGroup { engine in
      let zones = ZoneKeeper(
        ledger: engine.ledger, ports: engine.ports.with(time: StandingTime()),
        gauges: engine.gauges, domain: Samples.domain, logger: engine.logger)
      await withTaskGroup { group in
        group.addTask { await zones.run() }
        await until { await engine.world.zone?.addresses[web]?.count == 2 }
        await engine.gauges.note([first: .said(MemberReport(standing: .drain))])
        await until { await engine.world.zone?.addresses[web]?.count == 1 }
        group.cancelAll()
      }
      #expect(await engine.world.zone?.addresses[web]?.count == 1)
    }
  }

  @Test func aMemberThatSaysThatItIsDownIsReplacedAndOneThatAsksToBeLeftAloneIsNot() async throws {
    try await withGroup { engine in
      var settings = GroupSettings()
      settings.min = 2
      _ = try await engine.groups.set(web, settings)
      let before = await engine.ledger.inventory.members(of: web).map(\.uuid)
      let down = ReportFinding.said(MemberReport(standing: .down, why: "disk full"))
      await engine.gauges.note([first: .said(MemberReport(standing: .maint)), second: down])
      await engine.world.answerHealth(
        with: "connection refused", at: try #require(address(of: first, in: engine)?.first))
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.gauges.health[first] == nil)
      let reason = await engine.gauges.health[second]?.reason
      #expect(reason == "it says that it is down: disk full")
      for _ in 1...30 { try await turn(engine) }
      await engine.gauges.note([first: .said(MemberReport(standing: .maint))])
      for _ in 1...20 { try await turn(engine) }
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.state) == [.serving, .serving])
      #expect(members.filter { before.contains($0.uuid) }.map(\.name) == [first])
    }
  }

  @Test func aLeavingMemberWaitsUntilNobodyKnowsItAndItsConnectionsHaveEnded() async throws {
    try await withGroup { engine in
      try await engine.ledger.request(.scale(to: 1), on: web)
      let before = engine.time.now()
      try await turn(engine)
      let quick = engine.time.now() - before
      #expect(quick >= Zone.longestStale && quick < .seconds(10))
      #expect(await engine.ledger.inventory.guests[second] == nil)
      let calls = await engine.world.calls(about: second)
      #expect(calls.suffix(3) == ["destroy", "undefine", "remove"])
      #expect(!calls.contains("drain") && !calls.contains("leave"))
    }
  }

  @Test(arguments: [1, nil])
  func connectionsThatGoOnOrCannotBeSeenHaveTheirWholeTime(_ clients: Int?) async throws {
    try await withGroup { engine in
      await engine.world.setClients(clients)
      try await engine.ledger.request(.scale(to: 1), on: web)
      let before = engine.time.now()
      try await turn(engine)
      #expect(engine.time.now() - before >= .seconds(30) + Zone.longestStale)
    }
  }

  @Test func aGroupMayBeTurnedToDNSAndBack() async throws {
    try await withGroup { engine in
      var settings = GroupSettings()
      settings.traffic.balance = .haproxy
      settings.listen = Samples.endpoint
      _ = try await engine.groups.set(web, settings)
      try await turn(engine)
      #expect(await engine.world.balancers[web]?.keys.sorted() == [first, second])
      settings = GroupSettings()
      settings.traffic.balance = .dns
      _ = try await engine.groups.set(web, settings)
      try await turn(engine)
      #expect(await engine.world.balancers.isEmpty)
      #expect(await engine.ledger.inventory.groups[web]?.balancerProblem == nil)
      #expect(await answered(engine) == 2)
    }
  }

  @Test func aNameServerThatFailsIsSeenAndTriedAgain() async throws {
    try await withGroup { engine in
      let problem = Problem(.inUse, subject: "dns", "the port is taken", hint: "free it")
      await engine.world.fail("publish", with: problem)
      await engine.zones.publish()
      #expect(await engine.zones.problem == problem)
      await engine.world.succeed("publish")
      await engine.zones.publish()
      #expect(await engine.zones.problem == nil)
      #expect(await engine.world.zone?.addresses[web]?.count == 2)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func everyChangeIsPublishedWithoutAskingForIt() async throws {
    try await withGroup { engine in
      await withTaskGroup { group in
        group.addTask { await engine.zones.run() }
        await until { await engine.world.zone?.addresses[web]?.count == 2 }
        await engine.world.crash(first)
        await engine.watcher.look()
        await until { await engine.world.zone?.addresses[web]?.count == 1 }
        group.cancelAll()
      }
      // What is answered stays when the daemon ends, as long as there is something to answer.
      #expect(await engine.world.zone?.addresses.isEmpty == false)
      let empty = try Engine(store: MemoryStore())
      await withTaskGroup { group in
        group.addTask { await empty.zones.run() }
        await until { await empty.world.zone != nil }
        group.cancelAll()
      }
      #expect(await empty.world.zone == nil)
    }
  }

  /// Waits; a test whose time is up waits no more.
  private func until(_ isSo: () async -> Bool) async {
    while await !isSo(), !Task.isCancelled { await Task.yield() }
  }

  private func address(of member: Name, in engine: Engine) async -> [IPv4Address]? {
    await engine.ledger.inventory.guests[member].map { [$0.address] }
  }

  /// How many addresses the group's name has.
  private func answered(_ engine: Engine) async -> Int? {
    await engine.zones.publish().addresses[web]?.count
  }

  private func withGroup(_ body: @escaping @Sendable (Engine) async throws -> Void) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      var settings = Samples.settings(min: 1)
      settings.listen = nil
      settings.traffic.balance = .dns
      try await engine.groups.create(web, settings)
      try await engine.ledger.request(.scale(to: 2), on: web)
      try await turn(engine)
      try await body(engine)
    }
  }

  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.monitor.look()
    await engine.scaler.tick()
    await engine.settle()
  }
}
