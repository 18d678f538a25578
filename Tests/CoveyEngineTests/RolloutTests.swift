import Covey
import CoveyEngine
import Support
import Testing

/// Updates carried out by the engine, on ports that record and fail where they are told to.
struct RolloutTests {
  let web = Samples.name("web")

  @Test func anUpdateReplacesTheFirstMemberWatchesItAndThenTheOthers() async throws {
    try await withGroup(3) { engine in
      try await engine.ledger.request(.update(to: nil, Samples.rollout()), on: web)
      var phases: [Rollout.Phase] = []
      var fewest = 3
      try await turns(engine, until: { $0.rollout?.phase == .done }) { inventory in
        guard let phase = inventory.groups[web]?.rollout?.phase else { return }
        if phases.last != phase { phases.append(phase) }
        fewest = min(fewest, inventory.members(of: web).filter { $0.state == .serving }.count)
        #expect(inventory.members(of: web).count <= 4)
      }
      #expect(phases == [.canary, .baking, .rolling, .settling, .done])
      #expect(fewest == 3)
      let inventory = await engine.ledger.inventory
      #expect(inventory.members(of: web).map(\.templateDigest) == ["d2", "d2", "d2"])
      #expect(inventory.groups[web]?.version == "d2")
      #expect(await engine.world.balancers[web]?.count == 3)
    }
  }

  @Test func aVersionWhoseLaunchesFailIsRolledBackByItself() async throws {
    try await withGroup(2) { engine in
      let before = await engine.ledger.inventory.members(of: web).map(\.uuid)
      await engine.world.fail("start", with: Problem(.unavailable, "no kernel", hint: ""), times: 3)
      try await engine.ledger.request(.update(to: nil, Samples.rollout()), on: web)
      try await turns(engine, until: { $0.rollout?.phase == .rolledBack })
      let inventory = await engine.ledger.inventory
      #expect(inventory.members(of: web).map(\.uuid) == before)
      #expect(inventory.groups[web]?.rollout?.reason?.contains("no kernel") == true)
      #expect(inventory.groups[web]?.brake.failures == 0)
    }
  }

  @Test func aNewMemberThatItsChecksFindDownBringsTheOldVersionBack() async throws {
    try await withGroup(2) { engine in
      try await engine.ledger.request(.update(to: nil, Samples.rollout()), on: web)
      try await turns(engine, until: { $0.rollout?.phase == .baking })
      let fresh = try #require(
        await engine.ledger.inventory.members(of: web).first { $0.templateDigest == "d2" })
      await engine.world.setUp(false, fresh.name, in: web)
      try await turns(engine, until: { $0.rollout?.phase == .rolledBack })
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.templateDigest) == ["d1", "d1"])
      #expect(members.map(\.state) == [.serving, .serving])
    }
  }

  @Test func withoutRollbackWhatWentWrongStaysToBeLookedAt() async throws {
    try await withGroup(2) { engine in
      let plan = Samples.rollout(rollsBack: false)
      try await engine.ledger.request(.update(to: nil, plan), on: web)
      try await turns(engine, until: { $0.rollout?.phase == .baking })
      let fresh = try #require(
        await engine.ledger.inventory.members(of: web).first { $0.templateDigest == "d2" })
      await engine.world.crash(fresh.name)
      await engine.watcher.look()
      try await turns(engine, until: { $0.rollout?.phase == .failed })
      for _ in 1...5 { try await turn(engine) }
      let members = await engine.ledger.inventory.members(of: web)
      #expect(members.map(\.templateDigest) == ["d1", "d1"], "repaired by the old version")
      try await engine.ledger.request(.rollBack, on: web)
      try await turns(engine, until: { $0.rollout?.phase == .rolledBack })
    }
  }

  @Test func aPausedUpdateMovesNothingAndTheNextDaemonKnows() async throws {
    let store = MemoryStore()
    try await withGroup(3, store) { engine in
      try await engine.ledger.request(.update(to: nil, Samples.rollout(canary: 0)), on: web)
      try await turns(engine, until: { _ in true })
      try await engine.ledger.request(.pauseUpdate, on: web)
      for _ in 1...3 { try await turn(engine) }
      let held = await engine.ledger.inventory.members(of: web).map(\.uuid)
      for _ in 1...20 { try await turn(engine) }
      #expect(await engine.ledger.inventory.members(of: web).map(\.uuid) == held)
      let next = try Engine(store: store)
      #expect(await next.ledger.inventory.groups[web]?.rollout?.isPaused == true)
      try await engine.ledger.request(.resumeUpdate, on: web)
      try await turns(engine, until: { $0.rollout?.phase == .done })
    }
  }

  @Test func whatAnUpdateCannotDoIsRefusedInWords() async throws {
    try await withGroup(1) { engine in
      let request = GroupRequest.update(to: "d1", Samples.rollout())
      #expect(try await engine.ledger.request(request, on: web)?.contains("already") == true)
      await #expect(throws: Problem.self) { try await engine.ledger.request(.rollBack, on: web) }
      try await engine.ledger.request(.update(to: nil, Samples.rollout()), on: web)
      await #expect(throws: Problem.self) {
        try await engine.ledger.request(.update(to: nil, Samples.rollout()), on: web)
      }
    }
    #expect(throws: Refusal.self) { try RolloutPlan(surge: 0, unavailable: 0) }
  }

  private func turns(
    _ engine: Engine, until isSo: (Group) -> Bool, each look: (Inventory) -> Void = { _ in }
  ) async throws {
    for _ in 1...200 {
      try await turn(engine)
      let inventory = await engine.ledger.inventory
      look(inventory)
      if let group = inventory.groups[web], isSo(group) { return }
    }
    Issue.record(
      "not so: \(String(describing: await engine.ledger.inventory.groups[web]?.rollout))")
  }

  /// One turn of the loop, and all that it set off.
  private func turn(_ engine: Engine) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    await engine.settle()
  }

  /// A group that serves in version d1, and a version d2 that is newer.
  private func withGroup(
    _ size: Int, _ store: MemoryStore = MemoryStore(),
    _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: store)
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      try await engine.groups.create(web, Samples.settings(min: 1, max: 4))
      // An idle group would shrink.
      try await engine.ledger.request(.pause, on: web)
      try await engine.ledger.request(.scale(to: size), on: web)
      for _ in 1...3 { try await turn(engine) }
      #expect(await engine.ledger.inventory.members(of: web).count == size)
      try await engine.ledger.record([.templateSealed(Samples.template(digest: "d2", at: 2))])
      try await body(engine)
    }
  }
}
