import Covey
@testable import CoveyEngine
import Support
import Testing

struct WatcherTests {
  @Test func guestsThatTheStoreLostAreRebuiltFromTheirMetadata() async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([.templateSealed(Samples.template())])
    let lost = Samples.guest("db", state: .running)
    await engine.world.seed(lost, running: true)
    try await engine.performing { engine in
      await engine.watcher.look()
      await engine.watcher.look()
      await engine.settle()
      let found = await engine.ledger.inventory.guests[lost.name]
      #expect(found?.state == .running)
      #expect(found?.uuid == lost.uuid)
      #expect(await engine.world.calls(about: lost.name) == ["expose"])
    }
  }

  @Test func aMachineThatEndedByItselfIsFoundStopped() async throws {
    try await withGuest(running: false) { engine, guest in
      await engine.watcher.look()
      let found = await engine.ledger.inventory.guests[guest.name]
      #expect(found?.state == .stopped)
      #expect(found?.reason == "its machine ended by itself")
    }
  }

  @Test func aServingMachineThatRunsIsLeftAlone() async throws {
    try await withGuest(running: true) { engine, guest in
      let before = await engine.ledger.inventory.revision
      await engine.watcher.look()
      #expect(await engine.ledger.inventory.revision == before)
      #expect(await engine.world.calls.isEmpty)
    }
  }

  @Test func aHypervisorThatDoesNotAnswerChangesNothing() async throws {
    try await withGuest(running: true) { engine, guest in
      await engine.world.fail("observe", with: Problem(.unavailable, "gone", hint: ""))
      await engine.watcher.look()
      #expect(await engine.ledger.inventory.guests[guest.name]?.state == .running)
    }
  }

  @Test func aMachineThatEndedDuringAPlanThatFailedIsFoundAtOnce() async throws {
    try await withGuest(running: true) { engine, guest in
      // By this clock nobody looks a second time without a reason.
      let time = StandingTime()
      let watcher = Watcher(
        ledger: engine.ledger, ports: engine.ports.with(time: time), logger: engine.logger)
      let watching = Task { await watcher.run() }
      defer { watching.cancel() }
      while time.sleepers < 2 { await Task.yield() }
      await engine.world.crash(guest.name)
      await engine.world.fail("turn", with: Problem(.conflict, "it does not run any more"))
      let operation = try await engine.ask(.snapshot(try SnapshotRequest()), of: guest.name)
      #expect(operation.status == .failed)
      let found = await engine.ledger.inventory { $0.guests[guest.name]?.state == .stopped }
      #expect(found != nil)
    }
  }

  @Test func aMemberThatSomebodyPausedIsReplaced() {
    let member = Samples.guest("web-1", group: "web", disk: .ephemeral, state: .serving)
    let inventory = Samples.inventory(guests: [member], groups: [Samples.group()])
    let paused = ObservedGuest(
      name: member.name, uuid: member.uuid, machine: .paused, cpuTime: nil, cpus: 1, memory: nil)
    #expect(inventory.findings(from: [paused]).map(\.now) == [.failed])
  }

  /// It would lose all that its system had not flushed, were it ended.
  @Test func aMachineThatWaitsForRoomGoesOnWhenThereIsSome() async throws {
    try await withGuest(running: true) { engine, guest in
      await engine.world.hold(guest)
      await engine.world.fail("goOn", with: Problem(.noSpace, "full", hint: ""))
      await engine.watcher.look()
      await engine.watcher.letGoOn()
      let held = await engine.ledger.inventory.guests[guest.name]
      #expect(held?.state == .held && held?.reason?.contains("no room") == true)
      let start = try await engine.ask(.start, of: guest.name)
      #expect(start.problem?.code == .noSpace)
      #expect(await engine.ledger.inventory.guests[guest.name]?.state == .held)
      await engine.world.succeed("goOn")
      await engine.watcher.letGoOn()
      await engine.watcher.look()
      await engine.settle()
      #expect(await engine.ledger.inventory.guests[guest.name]?.state == .running)
      #expect(await !engine.world.calls(about: guest.name).contains("destroy"))
    }
  }

  @Test func onlyAMemberWithNothingToLoseIsReplacedForWantOfRoom() {
    for (disk, state) in [(DiskMode.persistent, GuestState.held), (.ephemeral, .failed)] {
      let member = Samples.guest("web-1", group: "web", disk: disk, state: .serving)
      let inventory = Samples.inventory(guests: [member], groups: [Samples.group()])
      let held = ObservedGuest(
        name: member.name, uuid: member.uuid, machine: .held, cpuTime: nil, cpus: 1, memory: nil)
      #expect(inventory.findings(from: [held]).map(\.now) == [state])
    }
  }

  @Test func aGuestThatPoweredItselfOffLacksNothing() async throws {
    try await withGuest(running: true) { engine, guest in
      _ = try await engine.ask(.restart(within: .seconds(5), force: false), of: guest.name)
      await engine.world.powerOff(guest.name)
      await engine.watcher.look()
      let found = await engine.ledger.inventory.guests[guest.name]
      #expect(found?.state == .stopped && found?.consistencyAtRest == .off)
    }
  }

  private func withGuest(
    running: Bool, _ body: @escaping @Sendable (Engine, Guest) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore())
    let guest = Samples.guest("db", state: .running)
    try await engine.ledger.record([
      .templateSealed(Samples.template()), .guestAdopted(guest),
    ])
    await engine.world.seed(guest, running: running)
    try await engine.performing { engine in try await body(engine, guest) }
  }
}
