import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

/// What kills of half a balancer cost its clients. Figures are printed; they depend on the machine and are not judged.
@Suite(
  .enabled(if: SeatWorld.isPossible, "namespaces need root"), .serialized, .timeLimit(.minutes(3)))
struct TakeoverTests {
  enum Blow: String, CaseIterable, Sendable {
    case haproxyKilled, haproxyStopped, keepalivedKilled, linkDown
  }

  @Test(arguments: Blow.allCases)
  func theAddressMovesToTheOtherSeatUnderLoad(_ blow: Blow) async throws {
    try await SeatWorld.use { world in
      _ = try await world.openAll()
      let active = try #require(await world.active())
      let load = try Child.load(on: "http://\(world.frontend.listen)/", for: 12, in: world.client)
      try await eventually("the load is on") {
        try await world.traffic.statistics(of: world.frontend).requests > 100
      }
      // A host that is too busy for keepalived's second moves it once more; a seat that takes it back does so every time.
      var (took, tries) = (Duration.zero, 0)
      repeat {
        took = try await moved(by: blow, from: active, in: world)
        tries += 1
      } while await world.active() == active && tries < 3
      #expect(await world.active() != active)
      let report = HeyReport(await Task.detached { load.words() }.value)
      #expect(report.answered > 0)
      print(
        "\(blow.rawValue): the address moved after \(took.milliseconds) ms; "
          + "\(report.failed) of \(report.answered + report.failed) requests failed")
      #expect(try await world.get() == "web-1")
    }
  }

  /// - Returns: how long the address took; everything is whole again.
  private func moved(by blow: Blow, from active: SeatPlace, in world: SeatWorld) async throws
    -> Duration
  {
    let began = ContinuousClock.now
    try await strike(blow, active, in: world)
    try await world.awaitMove(from: active)
    let moved = began.duration(to: .now)
    if blow == .linkDown {
      try await SeatWorld.run("ip -n \(active.seat.namespace) link set eth0 up")
    }
    // The killed are started again, and no seat takes the address back.
    try await world.keeping {
      try await eventually("both seats are whole again") {
        let found = await world.seats.look(at: world.balancer)
        return found.allSatisfy { $0.isMoving && $0.listeners == [world.frontend.listen: true] }
          && found.filter(\.hasAddress).count == 1
      }
      try await eventually("the member is at both seats") {
        let seen = try await world.traffic.statistics(of: world.frontend).members
        return seen.values.contains { !$0.isDraining && $0.isUp }
      }
    }
    return moved
  }

  private func strike(_ blow: Blow, _ place: SeatPlace, in world: SeatWorld) async throws {
    switch blow {
    case .haproxyKilled: for process in try world.haproxies(at: place) { kill(process, SIGKILL) }
    case .haproxyStopped: for process in try world.haproxies(at: place) { kill(process, SIGSTOP) }
    case .keepalivedKilled:
      for process in try world.keepaliveds(at: place) { kill(process, SIGKILL) }
    case .linkDown: try await SeatWorld.run("ip -n \(place.seat.namespace) link set eth0 down")
    }
  }
}

extension SeatWorld {
  /// Looks at the interfaces alone, so that nothing is mended meanwhile.
  func awaitMove(from active: SeatPlace) async throws {
    let other = places.first { $0 != active }
    let target = try #require(other).seat
    try await eventually("the address moves") {
      try await NamespaceView.read(target.namespace, subject: "")
        .interface(target.interface)?.addresses.contains(balancer.address.address) ?? false
    }
  }
}
