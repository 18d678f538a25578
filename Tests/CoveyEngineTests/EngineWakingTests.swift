import Covey
import CoveyEngine
import Support
import Testing

struct EngineWakingTests {
  let web = Samples.name("web")
  let first = Samples.name("web-1")

  @Test func aGroupSleepsAfterItsTimeAndARequestWakesIt() async throws {
    try await withSleepingGroup(standby: 1) { engine in
      #expect(await states(engine) == [.standby])
      await engine.waker.wake(web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
      #expect(await engine.world.calls(about: first).suffix(2) == ["wake", "enter"])
      // Somebody asks for a while; then nobody does.
      for asked in 1...20 {
        await engine.world.setRequests(asked, in: web)
        try await turn(engine)
      }
      #expect(await engine.ledger.inventory.groups[web]?.desired == 1)
      for _ in 1...15 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.desired == 0)
      for _ in 1...3 { try await turn(engine) }
      #expect(await states(engine) == [.standby])
      let rules = try await engine.rounds.rounds(of: web, limit: 200).map(\.verdict.rule)
      #expect(Set([.woken, .idle, .asleep]).isSubset(of: rules))
    }
  }

  @Test func whatIsUnderWayKeepsItsMemberAwake() async throws {
    try await withSleepingGroup { engine in
      await engine.waker.wake(web)
      try await turn(engine)
      var passing = WakeStatistics()
      passing.passing = [first: 1]
      await engine.world.setWakes(passing, of: web)
      for _ in 1...30 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.desired == 1)
      await engine.world.setWakes(WakeStatistics(), of: web)
      await engine.world.setSessions(1, of: first, in: web)
      for _ in 1...30 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.desired == 1)
      await engine.world.setSessions(0, of: first, in: web)
      for _ in 1...15 { try await turn(engine) }
      #expect(await engine.ledger.inventory.groups[web]?.desired == 0)
    }
  }

  @Test func doorsShowWhoServesAndGroupsThatNeverSleepHaveNone() async throws {
    try await withSleepingGroup { engine in
      var other = Samples.settings()
      other.listen = try Endpoint("127.0.0.1:8081")
      try await engine.groups.create(Samples.name("other"), other)
      await engine.waker.keep()
      #expect(await engine.world.doors[web]?.members == [])
      await engine.waker.wake(web)
      try await turn(engine)
      await engine.waker.keep()
      let doors = await engine.world.doors
      #expect(doors.keys.map(\.text) == ["web"])
      #expect(doors[web]?.members.map(\.name) == [first])
    }
  }

  @Test func aPausedGroupIsNotWokenAndSaysSo() async throws {
    try await withSleepingGroup { engine in
      try await engine.ledger.request(.pause, on: web)
      await engine.waker.wake(web)
      await engine.waker.keep()
      #expect(await engine.ledger.inventory.groups[web]?.desired == 0)
      #expect(await engine.world.doors[web]?.refusal == "group web is asleep and paused")
    }
  }

  @Test func theRequestThatWokeAMemberIsItsFirst() async throws {
    try await withSleepingGroup { engine in
      await engine.waker.wake(web)
      try await turn(engine)
      var served = WakeStatistics()
      served.served = [first: 1]
      await engine.world.setWakes(served, of: web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.guests[first]?.firstServedAt != nil)
    }
  }

  private func states(_ engine: Engine) async -> [GuestState] {
    await engine.ledger.inventory.members(of: web).map(\.state)
  }

  /// A group that sleeps after 10 s, asleep.
  private func withSleepingGroup(
    standby: Int = 0, _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([
      .templateSealed(Samples.template()), .templateWarmed(Samples.warmSet()),
    ])
    try await engine.performing { engine in
      var settings = Samples.settings(min: 0)
      settings.idle = .seconds(10)
      settings.standby = standby
      try await engine.groups.create(web, settings)
      for _ in 1...2 { try await turn(engine) }
      try await body(engine)
    }
  }

  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  @Test func whoWaitsWhenTheGroupSleepsNoMoreIsStillPassedOn() async throws {
    try await withSleepingGroup { engine in
      await engine.waker.wake(web)
      var held = WakeStatistics()
      held.held = 1
      await engine.world.setWakes(held, of: web)
      var settings = GroupSettings()
      settings.min = 1
      _ = try await engine.groups.set(web, settings)
      await engine.waker.keep()
      #expect(await engine.world.doors.keys.map(\.text) == ["web"])
      try await turn(engine)
      await engine.waker.keep()
      #expect(await engine.world.doors[web]?.members.map(\.name) == [first])
      await engine.world.setWakes(WakeStatistics(), of: web)
      await engine.waker.keep()
      #expect(await engine.world.doors.isEmpty)
    }
  }

  @Test func whatOthersHadBeforeByItsNameIsNotAMembersFirstRequest() async throws {
    try await withSleepingGroup { engine in
      await engine.waker.wake(web)
      try await turn(engine)
      var served = WakeStatistics()
      served.served = [first: 3]
      await engine.world.setWakes(served, of: web)
      try await turn(engine)
      try await engine.ledger.request(.scale(to: 0), on: web)
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.guests[first] == nil)
      await engine.waker.wake(web)
      for _ in 1...2 { try await turn(engine) }
      #expect(await engine.ledger.inventory.guests[first]?.state == .serving)
      #expect(await engine.ledger.inventory.guests[first]?.firstServedAt == nil)
      served.served = [first: 4]
      await engine.world.setWakes(served, of: web)
      try await turn(engine)
      #expect(await engine.ledger.inventory.guests[first]?.firstServedAt != nil)
    }
  }
}
