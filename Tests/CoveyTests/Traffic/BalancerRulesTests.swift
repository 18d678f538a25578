import Covey
import Foundation
import Support
import Testing

struct BalancerRulesTests {
  private static let seats = ["lb-a:eth0:10.77.0.1", "lb-b:eth0:10.77.0.2"]

  private func create(
    _ name: String = "front", address: String = "10.77.0.100/24", seats: [String] = seats,
    router: Int? = nil, in inventory: Inventory = Inventory()
  ) throws -> Result<MovingAddress, Refusal> {
    let request = BalancerRequest.create(
      try NetworkAddress(address), seats: try seats.map { try Seat($0) }, router: router)
    switch request.decide(try Name(name), in: inventory, at: .zero) {
    case .refuse(let refusal): return .failure(refusal)
    case .ignore: throw Refusal.noRouterLeft
    case .proceed(let events):
      guard case .balancerCreated(let made) = try #require(events.first) else {
        throw Refusal.noRouterLeft
      }
      return .success(made)
    }
  }

  private func inventory() throws -> Inventory {
    var inventory = Inventory()
    let made = try create().get()
    inventory.balancers[made.name] = made
    return inventory
  }

  @Test func seatsHaveFallingPrioritiesAndTheLowestFreeRouter() throws {
    let first = try create().get()
    #expect(first.seats.map(first.priority) == [200, 150] && first.router == 1)
    let second = try create(
      "back", address: "10.78.0.9/16",
      seats: [
        "lb-a:eth1:10.78.0.1", "lb-b:eth1:10.78.0.2",
      ], in: inventory()
    ).get()
    #expect(second.router == 2)
  }

  @Test func seatsThatWouldFailTogetherAreRefused() throws {
    let equal = try create(seats: ["lb-a:eth0:10.77.0.1", "lb-a:eth1:10.77.0.2"])
    #expect(equal == .failure(.seatsEqual("namespace lb-a")))
    let same = try create(seats: ["lb-a:eth0:10.77.0.1", "lb-b:eth0:10.77.0.1"])
    #expect(same == .failure(.seatsEqual("address 10.77.0.1")))
    for seats in [["lb-a:eth0:10.77.0.1"], Self.seats + (3...5).map { "s\($0):e:10.77.0.\($0)" }] {
      #expect(throws: Refusal.self) { try create(seats: seats).get() }
    }
  }

  @Test func seatsOutsideTheNetworkOrOnTheMovingAddressAreRefused() throws {
    for second in ["lb-b:eth0:10.78.0.2", "lb-b:eth0:10.77.0.100"] {
      let refused = try create(seats: [Self.seats[0], second])
      guard case .failure(.malformedSeat(second, _)) = refused else {
        Issue.record("\(second): \(refused)")
        continue
      }
    }
  }

  @Test func whatIsTakenIsRefusedWithItsOwner() throws {
    let there = try inventory()
    let front = try Name("front")
    #expect(try create(in: there) == .failure(.balancerExists(front)))
    let address = try NetworkAddress("10.77.0.100/24").address
    #expect(try create("two", in: there) == .failure(.addressTaken(address, balancer: front)))
    let other = try create("two", address: "10.77.0.101/24", router: 1, in: there)
    #expect(other == .failure(.routerTaken(1, balancer: front)))
    #expect(throws: Refusal.self) { try create(router: 256).get() }
    var listening = Inventory()
    listening.groups[try Name("web")] = try group(on: "10.77.0.100:80")
    #expect(
      try create(in: listening)
        == .failure(.addressOfGroups(address, groups: [try Name("web")])))
  }

  @Test func aBalancerThatGroupsListenOnStays() throws {
    var there = try inventory()
    let front = try Name("front")
    there.groups[try Name("web")] = try group(on: "10.77.0.100:80")
    let refused = BalancerRequest.delete.decide(front, in: there, at: .zero)
    #expect(refused == .refuse(.balancerInUse(front, groups: [try Name("web")])))
    there.groups = [:]
    let gone = BalancerRequest.delete.decide(front, in: there, at: .zero)
    #expect(gone == .proceed([.balancerDeleted(front)]))
    let near = BalancerRequest.delete.decide(try Name("frnt"), in: there, at: .zero)
    #expect(near == .refuse(.noSuchBalancer(try Name("frnt"), nearest: front)))
  }

  private func group(on listen: String) throws -> Group {
    var settings = Samples.settings()
    settings.listen = try Endpoint(listen)
    return Group(name: try Name("web"), spec: try settings.spec(defaultPort: 80), created: .zero)
  }

  @Test(arguments: [
    "lb-a:eth0", "lb-a:eth0:10.77.0.1:x", "lb-a:eth0:10.77.0", ":eth0:10.77.0.1",
    "../x:eth0:10.77.0.1", "-a:eth0:10.77.0.1", "lb a:eth0:10.77.0.1", "lb-a:eth\n0:10.77.0.1",
    "lb-a:abcdefghijklmnop:10.77.0.1", "lb-a:eth0{:10.77.0.1",
  ])
  func aWordThatCouldMeanSomethingElseIsNoSeat(_ text: String) {
    #expect(throws: Refusal.self) { try Seat(text) }
  }

  @Test(arguments: [
    "10.77.0.100", "10.77.0.100/33", "10.77.0.100/7", "127.0.0.1/8", "224.0.0.1/24",
  ])
  func whatNoInterfaceCanHaveIsNoAddress(_ text: String) {
    #expect(throws: Refusal.self) { try NetworkAddress(text) }
  }

  @Test func movesAndProblemsFoldIntoTheRecordAndSurviveTheStore() throws {
    var there = try inventory()
    let name = try Name("front")
    func apply(_ event: Event, at: Int64) {
      there.apply(
        LoggedEvent(
          revision: there.revision + 1, at: Timestamp(milliseconds: at), event: event))
    }
    for move in 1...30 {
      apply(.balancerMoved(name, to: move % 2 == 0 ? "lb-a" : "lb-b"), at: Int64(move))
    }
    apply(.seatFailed(name, seat: "lb-b", Problem(.unavailable, "gone")), at: 40)
    let balancer = try #require(there.balancers[name])
    #expect(balancer.active == "lb-a" && balancer.moves.count == MovingAddress.movesKept)
    #expect(balancer.moves.last?.at == Timestamp(milliseconds: 30))
    let again = try JSONDecoder().decode(
      MovingAddress.self, from: try JSONEncoder().encode(balancer))
    #expect(again == balancer)
    apply(.seatRecovered(name, seat: "lb-b"), at: 50)
    #expect(there.balancers[name]?.problems.isEmpty == true)
  }

  @Test func everyRefusalSaysWhatToDo() throws {
    let name = try Name("front")
    let address = try NetworkAddress("10.77.0.100/24").address
    let refusals: [Refusal] = [
      .malformedNetworkAddress("x"), .malformedSeat("x", why: "y"), .seatsEqual("x"),
      .noSuchBalancer(name, nearest: nil), .balancerExists(name),
      .balancerInUse(name, groups: [name]), .addressTaken(address, balancer: name),
      .addressOfGroups(address, groups: [name]), .routerTaken(1, balancer: name), .noRouterLeft,
    ]
    for refusal in refusals {
      #expect(refusal.problem.code != .internal && !refusal.problem.hint.isEmpty)
    }
  }
}
