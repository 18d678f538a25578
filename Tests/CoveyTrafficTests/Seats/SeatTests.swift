import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(
  .enabled(if: SeatWorld.isPossible, "namespaces need root"), .serialized, .timeLimit(.minutes(2)))
struct SeatTests {
  private func problem(_ body: () async throws -> Void) async throws -> Problem {
    try #require(await #expect(throws: Problem.self) { try await body() })
  }

  @Test func aGroupOnAMovingAddressIsServedAtTheSeatThatHasIt() async throws {
    try await SeatWorld.use { world in
      let member = try await world.openAll()
      #expect(await world.active() == world.places[0])
      #expect(try await world.get() == "web-1")
      for place in world.places { #expect(try world.haproxies(at: place).count == 1) }
      let statistics = try await world.traffic.statistics(of: world.frontend)
      #expect(statistics.requests == 1 && statistics.members[member.name]?.isDraining == false)
      let findings = await world.seats.look(at: world.balancer)
      #expect(findings.map(\.problem) == [nil, nil])
      #expect(findings.allSatisfy { $0.listeners == [world.frontend.listen: true] })
      try await world.traffic.drain(member.name, in: world.frontend)
      #expect(
        try await world.traffic.statistics(of: world.frontend).members[member.name]?.isDraining
          == true
      )
      try await world.traffic.leave(member.name, in: world.frontend)
      #expect(try await world.traffic.statistics(of: world.frontend).members.isEmpty)
    }
  }

  @Test func aReplacedHAProxyTakesItsSeatsListenerAndMembersOver() async throws {
    try await SeatWorld.use { world in
      let member = try await world.openAll()
      let before = try world.places.map { try world.haproxies(at: $0) }
      let changed = Frontend(
        group: world.group, listen: world.frontend.listen, check: .http(path: "/other"))
      try await world.traffic.open(changed.alone)
      #expect(try await world.get() == "web-1")
      for (place, old) in zip(world.places, before) {
        try await eventually("the older process ends") {
          let now = try world.haproxies(at: place)
          return now.count == 1 && now != old
        }
      }
      try await eventually("both check the new path") { member.served("/other") > 3 }
      #expect(
        try await world.traffic.statistics(of: world.frontend).members[member.name]?.isDraining
          == false)
    }
  }

  @Test func anotherDaemonTakesEverythingOverAsItRuns() async throws {
    try await SeatWorld.use { world in
      let member = try await world.openAll()
      let before = try world.places.map {
        try world.haproxies(at: $0) + world.keepaliveds(at: $0)
      }
      try await world.startAnew()
      try await world.traffic.leave(member.name, in: world.frontend)
      try await world.traffic.open(world.frontend.alone)
      _ = await world.seats.look(at: world.balancer)
      let after = try world.places.map { try world.haproxies(at: $0) + world.keepaliveds(at: $0) }
      #expect(before == after && before.allSatisfy { $0.count == 3 })
      #expect(try await world.traffic.statistics(of: world.frontend).members.isEmpty)
    }
  }

  @Test func theEndLeavesNeitherAProcessNorAFileNorTheAddress() async throws {
    try await SeatWorld.use { world in
      _ = try await world.openAll()
      await world.seats.serve([])
      #expect(await world.seats.look(at: world.balancer) == [])
      try await world.seats.endOthers()
      for place in world.places {
        #expect(try (world.haproxies(at: place) + world.keepaliveds(at: place)).isEmpty)
        let view = try await NamespaceView.read(place.seat.namespace, subject: "")
        #expect(view.holder(of: world.balancer.address.address) == nil)
      }
      #expect(!FileManager.default.fileExists(atPath: "\(world.root)/seats/front"))
    }
  }

  @Test func oneSeatsFailureIsItsOwnAndIsMended() async throws {
    try await SeatWorld.use { world in
      let other = world.places[1].seat.namespace
      let listener = try Child.listening(on: 80, in: other)
      try await eventually("somebody else listens at the second seat") {
        (try? await NamespaceView.checkFree(world.frontend.listen, in: other, subject: "")) == nil
      }
      _ = try await world.openAll()
      let found = await world.seats.look(at: world.balancer)
      #expect(found[0].problem == nil && found[1].problem?.code == .inUse)
      #expect(found[1].listeners == [world.frontend.listen: false])
      try await eventually("the address is where the listener is") {
        await world.active() == world.places[0]
      }
      #expect(try await world.get() == "web-1")
      listener.end()
      try await world.keeping {
        try await eventually("the second seat serves too") {
          let found = await world.seats.look(at: world.balancer)
          return found[1].problem == nil && found[1].listeners == [world.frontend.listen: true]
        }
      }
    }
  }

  @Test func aClosedListenerTakesNoSeatTheAddress() async throws {
    try await SeatWorld.use { world in
      _ = try await world.openAll()
      try await world.traffic.close(world.frontend.listen)
      for place in world.places {
        #expect(place.sockets().isEmpty)
        try await eventually("its HAProxy ends") { try world.haproxies(at: place).isEmpty }
      }
      #expect(await world.active() != nil, "without listeners a seat is as good as any")
    }
  }

  @Test func whatIsNotThereIsRefusedBeforeAnythingIsMade() async throws {
    try await SeatWorld.use { world in
      let seats = world.balancer.seats
      func refusal(_ second: String) async throws -> Problem {
        let balancer = MovingAddress(
          name: world.balancer.name, address: world.balancer.address, router: 77,
          seats: [seats[0], try Seat(second)], created: .zero)
        return try await problem { try await world.seats.preflight(balancer) }
      }
      let name = seats[1].namespace
      #expect(
        try await refusal("not-there:eth0:10.77.0.2").message.contains("no network namespace"))
      #expect(try await refusal("\(name):eth7:10.77.0.2").message.contains("no interface"))
      #expect(
        try await refusal("\(name):eth0:10.77.0.9").message.contains("not an address of eth0"))
      try await SeatWorld.run("ip -n \(name) address add 10.77.0.100/24 dev lo")
      let taken = try await problem { try await world.seats.preflight(world.balancer) }
      #expect(taken.code == .inUse && taken.message.contains("lo"))
      let nobody = KeepalivedSeats(registry: world.traffic.registry, user: 1000)
      let refused = try await problem { try await nobody.preflight(world.balancer) }
      #expect(refused.code == .unsupported && refused.message.contains("root"))
      #expect(!FileManager.default.fileExists(atPath: "\(world.root)/seats"))
    }
  }
}
