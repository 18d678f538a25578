import Covey
import CoveyEngine
import Foundation
import Support
import Testing

@testable import CoveyTraffic

/// The engine on a real HAProxy that fails: whatever happened, it ends with just the serving members in it.
@Suite(.timeLimit(.minutes(3))) struct ConvergenceTests {
  private let web = Samples.name("web")

  private func withGroup(
    _ balancer: any Balancer, at listen: Endpoint,
    _ body: @escaping @Sendable (Engine) async throws -> Void
  ) async throws {
    let engine = try Engine(store: MemoryStore(), balancer: balancer)
    try await engine.ledger.record([.templateSealed(Samples.template())])
    try await engine.performing { engine in
      var settings = Samples.settings(min: 1, max: 6)
      settings.listen = listen
      // The size is the test's.
      settings.hold = .seconds(3600)
      let wanted = settings
      // On a busy host even a well HAProxy can be late once.
      try await eventually("the group is made") {
        (try? await engine.groups.create(web, wanted)) != nil
      }
      try await body(engine)
    }
  }

  /// - Parameter isPatient: whether it waits for what was begun, which may wait for the balancer.
  private func turn(_ engine: Engine, isPatient: Bool = true) async throws {
    engine.time.advance(by: .seconds(1))
    await engine.scaler.tick()
    if isPatient { await engine.settle() }
  }

  /// Turns until the balancer has just the members that serve, ready.
  private func converge(
    _ engine: Engine, to size: Int, _ servers: @Sendable () async throws -> [RunningServer]
  ) async throws {
    for _ in 1...25 {
      try await turn(engine)
      let inventory = await engine.ledger.inventory
      let serving = inventory.members(of: web).filter { $0.state == .serving }.map(\.name)
      let ready = try? await servers().filter(\.isReady).map(\.member.name)
      let isRecovered = inventory.groups[web]?.balancerProblem == nil
      if serving.count == size, ready.map(Set.init) == Set(serving), isRecovered { return }
    }
    let inventory = await engine.ledger.inventory
    let members = inventory.members(of: web).map { "\($0.name) \($0.state) \($0.reason ?? "")" }
    let there = try await servers().map { "\($0.member.name) \($0.administration)" }
    let problem = inventory.groups[web]?.balancerProblem?.message ?? "none"
    Issue.record(
      "the balancer never had just the \(size) members that serve: \(members), \(there), problem \(problem)"
    )
  }

  @Test func aSocketThatIsLateRefusesOrClosesHalfWayIsSurvived() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let faulty = try await FaultySocket(before: bench.folder.socket)
      let balancer = ExistingHAProxy(
        socket: faulty.path, installation: "0f9e1234", limit: .milliseconds(1500))
      let servers: @Sendable () async throws -> [RunningServer] = {
        try TrafficTable.servers(
          of: bench.group, in: await bench.runtime(.showServers(of: bench.group)),
          mark: balancer.mark)
      }
      try await withGroup(balancer, at: bench.frontend.listen) { engine in
        try await converge(engine, to: 1, servers)
        for (number, manner) in [FaultySocket.Manner.late, .refuses, .halves].enumerated() {
          let size = number + 2
          faulty.become(manner)
          try await engine.ledger.request(.scale(to: size), on: web)
          for _ in 1...3 { try await turn(engine, isPatient: false) }
          #expect(await engine.ledger.inventory.groups[web]?.balancerProblem != nil)
          faulty.become(.passes)
          try await engine.ledger.request(.resume, on: web)
          try await converge(engine, to: size, servers)
          faulty.become(manner)
          try await engine.ledger.request(.scale(to: 1), on: web)
          for _ in 1...3 { try await turn(engine) }
          faulty.become(.passes)
          try await converge(engine, to: 1, servers)
        }
      }
      #expect(faulty.said.contains { $0.contains("add server web/web-2.0f9e1234 ") })
      await faulty.close()
    }
  }

  @Test func aHAProxyThatIsKilledOrMuteComesBackWithItsMembers() async throws {
    try await Bench.use { bench in
      let balancer = try HAProxyBalancer(
        folder: bench.root, template: HAProxyTemplate(), program: nil, limit: .milliseconds(1500))
      let servers: @Sendable () async throws -> [RunningServer] = {
        try await bench.servers(of: bench.frontend)
      }
      try await withGroup(balancer, at: bench.frontend.listen) { engine in
        try await engine.ledger.request(.scale(to: 3), on: web)
        try await converge(engine, to: 3, servers)
        for signal in [SIGKILL, SIGSTOP, SIGKILL] {
          let process = try #require(try bench.processes().first)
          #expect(kill(process, signal) == 0)
          try await converge(engine, to: 3, servers)
          #expect(try bench.processes().contains(process) == false)
        }
        // Its socket is gone while it runs on.
        #expect(unlink(bench.folder.socket) == 0)
        try await converge(engine, to: 3, servers)
        // A stranger's server goes, and one that is missing comes.
        let place = ServerPlace(backend: web, server: "web-9")
        _ = try await bench.runtime(.add(place, options: "127.0.0.1:9"))
        _ = try await bench.runtime(.set(.maint, ServerPlace(backend: web, server: "web-1")))
        try await converge(engine, to: 3, servers)
        #expect(try await servers().count == 3)
        try await engine.ledger.request(.delete, on: web)
        for _ in 1...6 { try await turn(engine) }
        #expect(await engine.ledger.inventory.groups.isEmpty)
        try await eventually("nothing is left of it") { try bench.isClear() }
      }
    }
  }
}
