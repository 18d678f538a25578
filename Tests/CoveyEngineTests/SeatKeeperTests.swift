import Covey
@testable import CoveyEngine
import Logging
import Support
import Synchronization
import Testing

struct SeatKeeperTests {
  /// Seats that are found as the test says.
  private final class StandInSeats: Seats {
    struct State {
      var served: [Name] = []
      var findings: [SeatFinding] = []
      var refusal: Problem?
      var endings = 0
    }
    let state = Mutex(State())

    func preflight(_ balancer: MovingAddress) async throws {
      if let refusal = state.withLock(\.refusal) { throw refusal }
    }
    func serve(_ balancers: [MovingAddress]) async {
      state.withLock { $0.served = balancers.map(\.name).sorted() }
    }
    func look(at balancer: MovingAddress) async -> [SeatFinding] { state.withLock(\.findings) }
    func endOthers() async throws { state.withLock { $0.endings += 1 } }

    func find(_ active: String?, problem: Problem? = nil) {
      state.withLock { state in
        state.findings = ["lb-a", "lb-b"].map {
          SeatFinding(
            seat: $0, hasAddress: $0 == active, isMoving: true, listeners: [:],
            problem: $0 == "lb-b" ? problem : nil)
        }
      }
    }
  }

  private struct Scene {
    let engine: Engine
    let seats = StandInSeats()
    let keeper: SeatKeeper
    let requests: BalancerRequests

    init() throws {
      engine = try Engine(store: MemoryStore())
      let world = engine.world
      let ports = Ports(
        hypervisor: world, disks: world, layers: world, backups: world, shelf: world,
        warmth: world, balancer: world, seats: seats, probe: world,
        reports: world, names: world, activator: world, time: engine.time)
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      keeper = SeatKeeper(ledger: engine.ledger, ports: ports, logger: logger)
      requests = BalancerRequests(ledger: engine.ledger, ports: ports, keeper: keeper)
    }

    func create(dryRun: Bool = false) async throws -> MovingAddress {
      try await requests.create(
        Name("front"), at: NetworkAddress("10.77.0.100/24"),
        seats: [Seat("lb-a:eth0:10.77.0.1"), Seat("lb-b:eth0:10.77.0.2")], router: nil,
        dryRun: dryRun)
    }

    func balancer() async throws -> MovingAddress {
      try await engine.ledger.inventory.requireBalancer(Name("front"))
    }
  }

  @Test func aBalancerIsRecordedServedAndLookedAt() async throws {
    let scene = try Scene()
    scene.seats.find("lb-a")
    let made = try await scene.create()
    #expect(made.active == "lb-a")
    #expect(scene.seats.state.withLock(\.served) == [made.name])
    try await scene.requests.delete(made.name, dryRun: true)
    #expect(try await scene.balancer() == made)
    try await scene.requests.delete(made.name, dryRun: false)
    #expect(scene.seats.state.withLock { $0.served.isEmpty && $0.endings == 1 })
    #expect(await scene.engine.ledger.inventory.balancers.isEmpty)
  }

  @Test func aDryRunAndARefusalChangeNothing() async throws {
    let scene = try Scene()
    _ = try await scene.create(dryRun: true)
    scene.seats.state.withLock { $0.refusal = Problem(.unsupported, "not root") }
    await #expect(throws: Problem.self) { try await scene.create() }
    #expect(await scene.engine.ledger.inventory.revision == 0)
    #expect(scene.seats.state.withLock(\.served).isEmpty)
  }

  @Test func aMoveIsRecordedOnceWithItsTime() async throws {
    let scene = try Scene()
    scene.seats.find("lb-a")
    _ = try await scene.create()
    scene.engine.time.advance(by: .seconds(5))
    scene.seats.find("lb-b")
    await scene.keeper.look()
    let revision = await scene.engine.ledger.inventory.revision
    await scene.keeper.look()
    let balancer = try await scene.balancer()
    #expect(balancer.moves.map(\.to) == ["lb-a", "lb-b"])
    #expect(balancer.moves.last?.at == scene.engine.time.now())
    #expect(await scene.engine.ledger.inventory.revision == revision)
    scene.seats.find(nil)
    await scene.keeper.look()
    #expect(try await scene.balancer().active == nil)
  }

  @Test func aSeatsProblemIsRecordedUntilItIsMended() async throws {
    let scene = try Scene()
    scene.seats.find("lb-a")
    _ = try await scene.create()
    let problem = Problem(.unavailable, subject: "seat", "keepalived had ended", hint: "look")
    scene.seats.find("lb-a", problem: problem)
    await scene.keeper.look()
    #expect(try await scene.balancer().problems == ["lb-b": problem])
    scene.seats.find("lb-a")
    await scene.keeper.look()
    #expect(try await scene.balancer().problems.isEmpty)
  }

  @Test func ofTwoSeatsWithTheAddressTheOneThatSpeaksForItIsActive() {
    func finding(_ seat: String, _ isMoving: Bool) -> SeatFinding {
      SeatFinding(
        seat: seat, hasAddress: true, isMoving: isMoving, listeners: [:], problem: nil)
    }
    let killed = [finding("lb-a", false), finding("lb-b", true)]
    #expect(SeatKeeper.active(in: killed, before: "lb-a") == "lb-b")
    let both = [finding("lb-a", true), finding("lb-b", true)]
    #expect(SeatKeeper.active(in: both, before: "lb-b") == "lb-b")
    let alone = [finding("lb-a", false)]
    #expect(SeatKeeper.active(in: alone, before: nil) == "lb-a")
    #expect(SeatKeeper.active(in: [], before: "lb-a") == nil)
  }
}
