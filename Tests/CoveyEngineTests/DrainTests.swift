import Covey
import CoveyEngine
import Support
import Testing

/// Members that leave the rotation: what they have begun goes on, and nobody brings them back against their word.
struct DrainTests {
  let web = Samples.name("web")
  let first = Samples.name("web-1")
  let second = Samples.name("web-2")
  let mute = Problem(.unavailable, subject: "balancer", "it does not answer", hint: "")

  @Test func answersThatAreLateDoNotFailARetirement() async throws {
    try await withGroup { engine in
      await engine.world.fail("drain", with: mute, times: 2)
      await engine.world.fail("leave", with: mute, times: 2)
      try await engine.ledger.request(.scale(to: 1), on: web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.members(of: web).map(\.name) == [first])
      let calls = await engine.world.calls(about: second)
      #expect(
        calls.suffix(9) == [
          "drain", "drain", "drain", "leave", "leave", "leave", "destroy", "undefine", "remove",
        ])
      let failed = await engine.ledger.inventory.operations.values.filter { $0.status == .failed }
      #expect(failed.isEmpty)
    }
  }

  @Test func aBalancerThatIsMuteWhileAMemberDrainsIsAskedAgain() async throws {
    try await withGroup { engine in
      await engine.world.setSessions(4, of: first, in: web)
      await engine.world.setSessions(3, of: second, in: web)
      try await engine.ledger.request(.scale(to: 1), on: web)
      engine.time.advance(by: .seconds(1))
      await engine.scaler.tick()
      _ = await engine.ledger.inventory { $0.operation(on: second)?.cursor == 1 }
      await engine.world.fail("statistics", with: mute, times: 3)
      await engine.settle()
      // The sessions never end here: their whole time passes.
      let operation = await engine.ledger.inventory.operations.values.first { $0.verb == "retire" }
      let ended = try #require(operation?.ended)
      #expect(operation?.status == .done)
      #expect(ended - (operation?.began ?? ended) >= .seconds(30))
    }
  }

  @Test func whatAMemberHasBegunIsNotCutBecauseItsPlanFailed() async throws {
    try await withGroup { engine in
      await engine.world.setSessions(4, of: first, in: web)
      await engine.world.setSessions(3, of: second, in: web)
      await engine.world.fail("drain", with: mute)
      try await engine.ledger.request(.scale(to: 1), on: web)
      let before = engine.time.now()
      try await turn(engine)
      #expect(engine.time.now() - before >= .seconds(30), "it is asked again as long as it drains")
      #expect(await engine.ledger.inventory.guests[second]?.state == .failed)
      await engine.world.succeed("drain")
      let calls = await engine.world.calls.count
      for _ in 1...3 { try await turn(engine) }
      let since = await engine.world.calls.dropFirst(calls).filter { $0.hasSuffix(" web-2") }
      #expect(since == ["drain web-2"])
      #expect(await engine.world.balancers[web]?[second]?.sessions == 3)
      // It goes for good as every failed member does.
      for _ in 1...12 { try await turn(engine) }
      #expect(await engine.ledger.inventory.guests[second] == nil)
      #expect(await engine.world.balancers[web]?[second] == nil)
    }
  }

  @Test func aNewMemberIsNotThrownAwayBecauseTheBalancerWasLateOnce() async throws {
    try await withGroup { engine in
      await engine.world.fail("enter", with: mute, times: 2)
      try await engine.ledger.request(.scale(to: 3), on: web)
      try await turn(engine)
      let calls = await engine.world.calls(about: Samples.name("web-3"))
      #expect(
        calls == ["create", "define", "start", "expose", "enter", "enter", "enter"])
      #expect(await engine.ledger.inventory.groups[web]?.brake.failures == 0)
    }
  }

  @Test(arguments: [
    ReportFinding.silent("no answer"), .nonsense("\"banana\" is no word of a report"),
    .said(MemberReport(standing: .down)), .said(MemberReport(standing: .maint)),
  ])
  func aMemberThatDrainsByItsOwnWordComesBackByItsOwnWordAlone(_ answer: ReportFinding)
    async throws
  {
    try await withGroup { engine in
      try await engine.world.drain(first, in: frontend(engine))
      await engine.world.report(answer, of: first)
      let before = await engine.world.calls.count
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.world.calls.dropFirst(before).allSatisfy { $0 != "enter web-1" })
      await engine.world.report(.said(MemberReport(standing: .up)), of: first)
      try await turn(engine)
      #expect(await engine.world.balancers[web]?[first]?.isDraining == false)
    }
  }

  @Test func aMemberInMaintenanceThatIsSilentForLongIsNotReplaced() async throws {
    try await withGroup { engine in
      let uuid = await engine.ledger.inventory.guests[first]?.uuid
      try await engine.world.drain(first, in: frontend(engine))
      await engine.world.setUp(false, first, in: web)
      await engine.world.report(.silent("no answer"), of: first)
      for _ in 1...40 { try await turn(engine) }
      #expect(await engine.gauges.health[first] == nil)
      #expect(await engine.ledger.inventory.guests[first]?.uuid == uuid)
    }
  }

  private func frontend(_ engine: Engine) async throws -> Frontend {
    let inventory = await engine.ledger.inventory
    return try #require(inventory.groups[web]?.frontend(in: inventory))
  }

  /// One turn of the loop, and all that it set off.
  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  /// Two members that say how they are.
  private func withGroup(
    _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    let template = Samples.template(ports: [80, 9707], reportPort: 9707)
    try await engine.ledger.record([.templateSealed(template)])
    try await engine.performing { engine in
      try await engine.groups.create(web, Samples.settings())
      // An idle group would shrink.
      try await engine.ledger.request(.pause, on: web)
      try await engine.ledger.request(.scale(to: 2), on: web)
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.members(of: web).map(\.state) == [.serving, .serving])
      try await body(engine)
    }
  }
}
