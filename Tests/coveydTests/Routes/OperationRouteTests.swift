import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct OperationRouteTests {
  /// Begins a restart of `db` and returns its operation.
  private func begin(_ counter: Counter, on guest: String = "db") async throws -> OperationView {
    try await counter.send(.post, "/v1/guests/\(guest)/restart").read()
  }

  @Test func anOperationTellsHowFarItIs() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let began = try await begin(counter)
      try await office.house.ledger.record([.stepBegan(began.id, cursor: 1)])
      let running: OperationView = try await counter.get("/v1/operations/\(began.id)")
      #expect(running.status == "running")
      #expect(running.step == 1)
      #expect(running.steps == 7)
      #expect(running.stage == "ending the machine")
      #expect(running.ended == nil)
      try await office.house.ledger.record([.operationDone(began.id)])
      let done: OperationView = try await counter.get("/v1/operations/\(began.id)")
      #expect(done.status == "done")
      #expect(done.step == done.steps)
      #expect(done.ended != nil)
      #expect(done.isOver)
    }
  }

  @Test func aFailedOperationCarriesItsError() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let began = try await begin(counter)
      let problem = Problem(.deadline, subject: "guest db", "too late", hint: "more time")
      try await office.house.ledger.record([.operationFailed(began.id, problem, undone: false)])
      let failed: OperationView = try await counter.get("/v1/operations/\(began.id)?wait=30")
      #expect(failed.status == "failed")
      #expect(
        failed.error
          == ErrorView(
            code: "deadline", message: "too late", subject: "guest db", hint: "more time"))
    }
  }

  @Test func operationsAreListedNewestFirst() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let first = try await begin(counter)
      let second = try await begin(counter, on: "web-1")
      let list: ListView<OperationView> = try await counter.get("/v1/operations")
      #expect(list.items.map(\.id) == [second.id, first.id])
    }
  }

  @Test(arguments: ["nobody", "%2F", "..", "op000001%00"])
  func anUnknownOperationIsNotFoundAtOnceEvenWhenWaitedFor(_ id: String) async throws {
    // On a clock that stands still a wait would never end.
    try await Office(time: StillTime()).open { counter in
      _ = try await counter.send(.get, "/v1/operations/\(id)?after=5&wait=30")
        .refusal(404, "not-found")
    }
  }

  @Test func aWaitForAnOperationEndsWithItsOwnNews() async throws {
    let time = StillTime()
    let office = try await Office.furnished(time: time)
    try await office.open { counter in
      let began = try await begin(counter)
      let path = "/v1/operations/\(began.id)?after=\(began.revision)&wait=30"
      async let answer: OperationView = counter.get(path)
      await time.slept(1)
      // Somebody else's news wakes nobody: the wait goes on.
      try await office.house.ledger.record([.groupPaused(Samples.name("web"))])
      await time.slept(2)
      try await office.house.ledger.record([.stepBegan(began.id, cursor: 1)])
      #expect(try await answer.stage == "ending the machine")
    }
  }

  @Test func newsFromBeforeTheWaitAreToldAtOnce() async throws {
    let office = try await Office.furnished(time: StillTime())
    try await office.open { counter in
      let began = try await begin(counter)
      try await office.house.ledger.record([.stepBegan(began.id, cursor: 1)])
      let told: OperationView = try await counter.get(
        "/v1/operations/\(began.id)?after=\(began.revision)&wait=30")
      #expect(told.step == 1)
    }
  }

  @Test func aWaitWithoutNewsEndsWithItsTime() async throws {
    let time = VirtualTime()
    let office = try await Office.furnished(time: time)
    try await office.open { counter in
      let began = try await begin(counter)
      let before = time.now()
      let told: OperationView = try await counter.get(
        "/v1/operations/\(began.id)?after=\(began.revision)&wait=7")
      #expect(told.stage == began.stage)
      #expect(time.now() - before >= .seconds(7))
    }
  }

  @Test(arguments: ["wait=99999", "wait=-1", "wait=x", "wait=", "wait=99999999999999999999"])
  func noWaitIsLongerThanTheLongest(_ wait: String) async throws {
    let time = VirtualTime()
    let office = try await Office.furnished(time: time)
    try await office.open { counter in
      let began = try await begin(counter)
      let before = time.now()
      let _: OperationView = try await counter.get(
        "/v1/operations/\(began.id)?after=\(began.revision)&\(wait)")
      let _: ListView<EventView> = try await counter.get("/v1/events?after=100&\(wait)")
      #expect(time.now() - before <= .seconds(2 * Routes.longestWait))
    }
  }

  @Test func anOperationThatIsOverIsNotWaitedFor() async throws {
    let office = try await Office.furnished(time: StillTime())
    try await office.open { counter in
      let began = try await begin(counter)
      try await office.house.ledger.record([.operationDone(began.id)])
      let told: OperationView = try await counter.get(
        "/v1/operations/\(began.id)?after=1000000&wait=30")
      #expect(told.status == "done")
    }
  }
}

struct EventRouteTests {
  @Test func eventsComeOldestFirstWithTheRevisionToGoOnFrom() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let first: ListView<EventView> = try await counter.get("/v1/events?after=1&limit=2")
      #expect(first.items.map(\.revision) == [2, 3])
      #expect(first.items.map(\.kind) == ["guestAdopted", "groupCreated"])
      #expect(first.items.map(\.subject) == ["guest db", "group web"])
      #expect(first.items.map(\.group) == [nil, "web"])
      #expect(first.revision == 3)
      let rest: ListView<EventView> = try await counter.get("/v1/events?after=\(first.revision)")
      #expect(rest.items.map(\.revision) == [4])
      let none: ListView<EventView> = try await counter.get("/v1/events?after=4")
      #expect(none.items.isEmpty)
      #expect(none.revision == 4)
    }
  }

  @Test func withoutAStartTheLatestAreTold() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let latest: ListView<EventView> = try await counter.get("/v1/events?limit=1")
      #expect(latest.items.map(\.revision) == [4])
      let all: ListView<EventView> = try await counter.get("/v1/events")
      #expect(all.items.map(\.revision) == [1, 2, 3, 4])
    }
  }

  @Test(arguments: [("limit=0", 1), ("limit=-7", 1), ("limit=x", 100), ("limit=5000", 1000)])
  func theLimitStaysWithinItsBounds(_ query: String, _ count: Int) async throws {
    let office = try Office()
    let names = (1...1100).map { _ in Event.groupPaused(Samples.name("web")) }
    try await office.house.ledger.record(names)
    try await office.open { counter in
      let list: ListView<EventView> = try await counter.get("/v1/events?after=0&\(query)")
      #expect(list.items.count == count)
    }
  }

  @Test(arguments: ["after=-1", "after=99999999999999999999", "after=x", "after="])
  func aStrangeStartIsNoFault(_ query: String) async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let list: ListView<EventView> = try await counter.get("/v1/events?\(query)")
      #expect(list.items.count == 4)
    }
  }

  @Test func aWaitEndsWithTheNews() async throws {
    let time = StillTime()
    let office = try await Office.furnished(time: time)
    try await office.open { counter in
      async let answer: ListView<EventView> = counter.get("/v1/events?after=4&wait=30")
      await time.slept(1)
      try await office.house.ledger.record([.groupPaused(Samples.name("web"))])
      let list = try await answer
      #expect(list.items.map(\.kind) == ["groupPaused"])
      #expect(list.revision == 5)
    }
  }

  @Test func aWaitWithoutNewsEndsEmptyAndKeepsItsPlace() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let list: ListView<EventView> = try await counter.get("/v1/events?after=4&wait=2")
      #expect(list.items.isEmpty)
      #expect(list.revision == 4)
    }
  }
}
