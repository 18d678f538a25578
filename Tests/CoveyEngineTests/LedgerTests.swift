import Covey
import CoveyEngine
import Support
import Testing

struct LedgerTests {
  @Test func whatWasRecordedIsThereAfterARestart() async throws {
    let store = MemoryStore()
    let first = try Engine(store: store)
    try await first.ledger.record([
      .templateSealed(Samples.template()), .groupCreated(Samples.group()),
      .guestAdopted(Samples.guest()),
    ])
    let second = try Engine(store: store)
    #expect(await second.ledger.inventory == first.ledger.inventory)
    #expect(await second.ledger.inventory.revision == 3)
  }

  @Test func waitersHearOfANewerRevisionWithoutPolling() async throws {
    let engine = try Engine(store: MemoryStore())
    async let heard = engine.ledger.inventory { $0.groups[Samples.name("web")] != nil }
    try await engine.ledger.record([.groupCreated(Samples.group())])
    #expect(await heard?.revision == 1)
  }

  @Test func aWaitEndsWhenItsTimeIsUp() async throws {
    let engine = try Engine(store: MemoryStore())
    let seen = await engine.ledger.inventory(
      newerThan: 0, within: .seconds(5), on: engine.time)
    #expect(seen.revision == 0)
  }

  @Test func deletingAUsedTemplateIsRefusedAndRemovesNothing() async throws {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([
      .templateSealed(Samples.template()), .guestAdopted(Samples.guest("db")),
    ])
    await #expect(throws: Problem.self) {
      try await engine.ledger.deleteTemplate(Samples.name("tiny-web"))
    }
    #expect(await engine.ledger.inventory.templates.count == 1)
  }

  @Test func aVersionIsDeletedWithItsFilesAndTheOthersStay() async throws {
    let engine = try Engine(store: MemoryStore())
    let old = Samples.template(digest: "d0", at: 0)
    let set = Samples.warmSet("w0", template: old)
    try await engine.ledger.record([
      .templateSealed(old), .templateSealed(Samples.template()), .templateWarmed(set),
      .templateWarmed(Samples.warmSet("w1")), .guestAdopted(Samples.guest("db")),
    ])
    await #expect(throws: Problem.self) {
      try await engine.workshop.delete(Samples.name("tiny-web"), version: "d1")
    }
    try await engine.workshop.delete(Samples.name("tiny-web"), version: "d0")
    let inventory = await engine.ledger.inventory
    #expect(inventory.templates.keys.sorted() == ["d1"])
    #expect(inventory.warmSets.keys.sorted() == ["w1"])
    #expect(await engine.world.calls.filter { $0 == "removeTemplate tiny-web" }.count == 1)
  }

  @Test func onlyTheNewestFinishedOperationsAreRemembered() {
    var inventory = Samples.inventory(guests: [Samples.guest()])
    for number in 1...(Inventory.finishedOperationsKept + 50) {
      let operation = Operation(
        id: "op\(10_000 + number)", verb: "start", guest: Samples.name("db"), group: nil,
        plan: Plan([], ending: .becomes(.running)), began: .zero)
      for event in [Event.operationBegan(operation, launching: nil), .operationDone(operation.id)] {
        inventory.apply(
          LoggedEvent(revision: inventory.revision + 1, at: .zero, event: event))
      }
    }
    #expect(inventory.operations.count <= Inventory.finishedOperationsKept + 1)
    #expect(inventory.operations["op10001"] == nil)
  }
}
