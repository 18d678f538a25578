import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct BalancerRouteTests {
  private static let seats = ["lb-a:eth0:10.77.0.1", "lb-b:eth0:10.77.0.2"]

  private func furnished() async throws -> Office {
    let office = try await Office.furnished()
    let name = Samples.name("front")
    try await office.house.ledger.record([
      .balancerCreated(
        MovingAddress(
          name: name, address: try NetworkAddress("10.77.0.100/24"), router: 7,
          seats: try Self.seats.map { try Seat($0) }, created: .zero)),
      .balancerMoved(name, to: "lb-a"), .balancerMoved(name, to: "lb-b"),
      .seatFailed(name, seat: "lb-a", Problem(.unavailable, "keepalived had ended", hint: "look")),
    ])
    return office
  }

  @Test func aBalancerIsShownWithItsSeatsAndItsMoves() async throws {
    let office = try await furnished()
    try await office.open { counter in
      let list = try await counter.send(.get, "/v1/balancers").read(ListView<BalancerView>.self)
      let view: BalancerView = try await counter.get("/v1/balancers/front")
      #expect(list.items == [view])
      #expect(view.state == "degraded" && view.active == "lb-b" && view.since != nil)
      #expect(view.seats.map(\.priority) == [200, 150])
      #expect(view.seats.map(\.active) == [false, true])
      #expect(view.seats[0].problem?.message == "keepalived had ended")
      #expect(view.moves.map(\.to) == ["lb-b", "lb-a"] && view.groups.isEmpty)
    }
  }

  @Test func aBalancerThatGroupsListenOnIsNotEnded() async throws {
    let office = try await furnished()
    var settings = Samples.settings()
    settings.listen = try Endpoint("10.77.0.100:80")
    let group = Group(
      name: Samples.name("api"), spec: try settings.spec(defaultPort: 80), created: .zero)
    try await office.house.ledger.record([.groupCreated(group)])
    try await office.open { counter in
      let error = try await counter.send(.delete, "/v1/balancers/front").refusal(409, "in-use")
      #expect(error.message.contains("api"))
    }
  }

  @Test func aDryRunOfAnEndEndsNothing() async throws {
    let office = try await furnished()
    try await office.open { counter in
      let dry = try await counter.send(.delete, "/v1/balancers/front?dryRun=true")
      #expect(dry.status == 200)
      let _: BalancerView = try await counter.get("/v1/balancers/front")
      let done = try await counter.send(.delete, "/v1/balancers/front")
      #expect(done.status == 200)
      _ = try await counter.send(.get, "/v1/balancers/front").refusal(404, "not-found")
    }
  }

  @Test func aBalancerThatCannotBeIsRefusedAndNothingIsLeft() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let here = BalancerBody(name: "front", address: "10.77.0.100/24", seats: Self.seats)
      _ = try await counter.send(.post, "/v1/balancers", here).refusal(501, "unsupported")
      var bad = here
      bad.seats = [Self.seats[0]]
      _ = try await counter.send(.post, "/v1/balancers", bad).refusal(400, "invalid")
      bad.seats = ["nonsense", Self.seats[0]]
      _ = try await counter.send(.post, "/v1/balancers", bad).refusal(400, "invalid")
      bad = here
      bad.address = "10.77.0.100"
      _ = try await counter.send(.post, "/v1/balancers", bad).refusal(400, "invalid")
    }
    #expect(await office.house.ledger.inventory.balancers.isEmpty)
  }
}
