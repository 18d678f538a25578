import Covey
import CoveyEngine
import Foundation
import Subprocess
import Synchronization
import Testing

@testable import CoveyTraffic

/// Two seats and a client, each a network namespace, joined by a bridge in a fourth; all gone when the test is over.
final class SeatWorld: Sendable {
  static let isPossible = geteuid() == 0
  private static let count = Mutex(0)

  let root: String
  let balancer: MovingAddress
  let group: Name
  let frontend: Frontend
  private let prefix: String
  private let member = Mutex<StandInMember?>(nil)
  private let current: Mutex<SeatedBalancer>

  static func use(_ body: (SeatWorld) async throws -> Void) async throws {
    let world = try SeatWorld()
    do {
      try await world.build()
      try await body(world)
    } catch {
      await world.end()
      throw error
    }
    await world.end()
  }

  private init() throws {
    let number = Self.count.withLock { count in
      count += 1
      return count
    }
    prefix = "cv\(getpid())-\(number)"
    root = "/tmp/covey-seats-\(getpid())-\(number)"
    group = try Name("web")
    balancer = MovingAddress(
      name: try Name("front"), address: try NetworkAddress("10.77.0.100/24"), router: 77,
      seats: [
        try Seat("\(prefix)a:eth0:10.77.0.1"), try Seat("\(prefix)b:eth0:10.77.0.2"),
      ], created: .zero)
    frontend = Frontend(
      group: group, listen: try Endpoint("10.77.0.100:80"), check: .http(path: "/health"))
    current = Mutex(try Self.balancer(in: root))
  }

  private static func balancer(in root: String) throws -> SeatedBalancer {
    SeatedBalancer(
      here: try HAProxyBalancer(folder: "\(root)/here"), seats: "\(root)/seats",
      template: try HAProxyTemplate())
  }

  var traffic: SeatedBalancer { current.withLock { $0 } }
  var seats: KeepalivedSeats { traffic.seats }
  var places: [SeatPlace] { SeatPlace.places(of: balancer, root: traffic.registry.root) }
  var client: String { "\(prefix)c" }

  /// What a daemon that is started anew would have: nothing in its memory.
  func startAnew() async throws {
    let anew = try Self.balancer(in: root)
    current.withLock { $0 = anew }
    await seats.serve([balancer])
  }

  private func build() async throws {
    for name in ["n", "a", "b", "c"] {
      try await Self.run("ip netns add \(prefix)\(name)")
      try await Self.run("ip -n \(prefix)\(name) link set lo up")
    }
    try await Self.run("ip -n \(prefix)n link add br0 type bridge stp_state 0 forward_delay 0")
    try await Self.run("ip -n \(prefix)n link set br0 up")
    for (index, name) in ["a", "b", "c"].enumerated() {
      let (port, inside) = ("v\(index)", "\(prefix)\(name)")
      try await Self.run(
        "ip -n \(prefix)n link add \(port) type veth peer name eth0 netns \(inside)")
      try await Self.run("ip -n \(prefix)n link set \(port) master br0 up")
      try await Self.run("ip -n \(inside) link set eth0 up")
      try await Self.run("ip -n \(inside) address add 10.77.0.\(index + 1)/24 dev eth0")
    }
  }

  /// The balancer served, the group open at both seats, a member in it, the address somewhere.
  func openAll() async throws -> StandInMember {
    try await seats.preflight(balancer)
    await seats.serve([balancer])
    _ = await seats.look(at: balancer)
    try await traffic.open(frontend.alone)
    let number = UInt32(getpid() % 250) << 8 | 9
    let address = IPv4Address(number: 127 << 24 | 79 << 16 | number)
    let made = try await StandInMember(.member(1, of: group), at: address)
    member.withLock { $0 = made }
    try await traffic.enter(made.balanced, in: frontend)
    try await eventually("the address comes to a seat") { await active() != nil }
    return made
  }

  /// The seat that alone has the address.
  func active() async -> SeatPlace? {
    let findings = await seats.look(at: balancer)
    let holders = findings.filter { $0.hasAddress && $0.isMoving }
    guard holders.count == 1 else { return nil }
    return places.first { $0.seat.namespace == holders[0].seat }
  }

  /// As a daemon does: looks at the seats and at the counters, and mends.
  func keepOnce() async {
    _ = await seats.look(at: balancer)
    guard let statistics = try? await traffic.statistics(of: frontend),
      let member = member.withLock({ $0 })
    else { return }
    if statistics.members[member.name].map(\.isDraining) ?? true {
      try? await traffic.enter(member.balanced, in: frontend)
    }
  }

  /// Mends in the background for as long as the body runs.
  func keeping<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
    -> Value
  {
    try await withThrowingTaskGroup(of: Value?.self) { tasks in
      tasks.addTask {
        while !Task.isCancelled {
          await self.keepOnce()
          try? await Task.sleep(for: .milliseconds(500))
        }
        return nil
      }
      tasks.addTask { try await body() }
      defer { tasks.cancelAll() }
      for try await value in tasks { if let value { return value } }
      throw CancellationError()
    }
  }

  func get() async throws -> String {
    try await Self.run(
      "nsenter --net=/run/netns/\(client) curl --silent --max-time 2 http://\(frontend.listen)/")
  }

  func haproxies(at place: SeatPlace) throws -> [Int32] {
    try DetachedProcess(BalancerFolder(root: place.path, listen: frontend.listen)).identifiers()
  }

  func keepaliveds(at place: SeatPlace) throws -> [Int32] {
    try place.keepalived.processes.identifiers()
  }

  @discardableResult
  static func run(_ line: String) async throws -> String {
    let words = line.split(separator: " ").map(String.init)
    let result = try await Subprocess.run(
      .name(words[0]), arguments: Arguments(Array(words.dropFirst())),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
    guard result.terminationStatus.isSuccess else {
      throw Problem(.internal, "\(line): \(result.standardError)")
    }
    return result.standardOutput
  }

  private func end() async {
    await member.withLock({ $0 })?.kill()
    await seats.serve([])
    do { try await seats.endOthers() } catch { Issue.record(error, "seats do not end") }
    for name in ["n", "a", "b", "c"] { _ = try? await Self.run("ip netns delete \(prefix)\(name)") }
    try? FileManager.default.removeItem(atPath: root)
  }
}
