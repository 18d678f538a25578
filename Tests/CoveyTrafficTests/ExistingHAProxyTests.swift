import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(2))) struct ExistingHAProxyTests {
  private static let us = "0f9e1234-0000-4000-8000-000000000000"
  private static let others = "aaaa5678-0000-4000-8000-000000000000"

  /// A HAProxy that somebody else runs: with a server of its owner's in the backend.
  private func withOne(
    backend: String = "backend web\n  balance leastconn", level: String = "admin",
    _ body: (Bench, String) async throws -> Void
  ) async throws {
    try await Bench.use { bench in
      let folder = bench.root + "-other"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let socket = folder + "/admin.sock"
      let text = """
        global
          stats socket \(socket) mode 600 level \(level)
        defaults
          mode http
          timeout connect 2s
          timeout client 60s
          timeout server 60s
        frontend front
          bind \(bench.frontend.listen)
          default_backend web
        \(backend)

        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/haproxy.cfg"))
      let pid = folder + "/pid"
      let program = try HAProxyProgram(named: nil, subject: "").path
      _ = try await Bench.tool(program, ["-D", "-p", pid, "-f", folder + "/haproxy.cfg"])
      let number = try String(contentsOfFile: pid, encoding: .utf8)
        .split(separator: "\n").first.flatMap { Int32($0) }
      defer {
        if let number { kill(number, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
      }
      try await body(bench, socket)
    }
  }

  private func refusal(_ bench: Bench, _ socket: String, _ frontend: Frontend? = nil) async throws
    -> Problem
  {
    let balancer = ExistingHAProxy(
      socket: socket, installation: Self.us, limit: .seconds(5))
    return try #require(
      await #expect(throws: Problem.self) {
        try await balancer.preflight((frontend ?? bench.frontend).alone)
      })
  }

  @Test func membersComeAndGoInTheBackendOfTheirGroupAndOthersServersStay() async throws {
    let backend = "backend web\n  balance leastconn\n  server spare 127.0.0.1:9 disabled"
    try await withOne(backend: backend) { bench, socket in
      let balancer = ExistingHAProxy(socket: socket, installation: Self.us)
      let web = bench.frontend
      try await balancer.preflight(bench.listener)
      try await balancer.open(bench.listener)
      let member = try await bench.member(1)
      try await balancer.enter(member.balanced, in: web)
      for _ in 0..<3 { #expect(try await bench.get().body == "web-1") }
      let statistics = try await balancer.statistics(of: web)
      #expect(statistics.requests == 3 && statistics.members.keys.map(\.text) == ["web-1"])
      try await balancer.drain(member.name, in: web)
      #expect(try await balancer.statistics(of: web).members[member.name]?.isDraining == true)
      #expect(try await bench.get().status == 503)
      try await balancer.enter(member.balanced, in: web)
      #expect(try await bench.get().status == 200)
      try await balancer.leave(member.name, in: web)
      #expect(try await balancer.statistics(of: web).members.isEmpty)
      try await balancer.close(web.listen)
      #expect(try await bench.get().status == 503, "it is not covey's to end")
    }
  }

  @Test func oneThatIsDownLetsMembersDrainAndLeaveAndAMuteOneDoesNot() async throws {
    try await Bench.use { bench in
      let path = StandInAdminSocket.freshPath()
      let balancer = ExistingHAProxy(
        socket: path, installation: Self.us, limit: .milliseconds(300))
      let member = try await bench.member(1)
      func check(isDown: Bool) async throws {
        for attempt in [balancer.drain, balancer.leave] {
          do {
            try await attempt(member.name, bench.frontend)
            #expect(isDown)
          } catch let problem as Problem {
            #expect(!isDown && problem.code == .unavailable)
          }
        }
        let problem = try #require(
          await #expect(throws: Problem.self) {
            try await balancer.enter(member.balanced, in: bench.frontend)
          })
        #expect(problem.code == .unavailable)
      }
      try await check(isDown: true)
      for manner in [StandInAdminSocket.Manner.mute, .closesAtOnce] {
        let standIn = try await StandInAdminSocket(path: path, manner)
        try await check(isDown: false)
        await standIn.close()
        unlink(path)
      }
      // Its socket is left of a process that was killed.
      let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      close(left)
      try await check(isDown: true)
      unlink(path)
    }
  }

  @Test func anothersServersAreSeen() async throws {
    try await withOne { bench, socket in
      let other = ExistingHAProxy(socket: socket, installation: Self.others)
      let member = try await bench.member(1)
      try await other.enter(member.balanced, in: bench.frontend)
      let problem = try await refusal(bench, socket)
      #expect(problem.code == .conflict && problem.message.contains("web-1.aaaa5678"))
      try await other.open(bench.listener)
    }
  }

  @Test func aMissingBackendIsNamedWithWhatToWrite() async throws {
    try await withOne { bench, socket in
      let shop = try bench.frontend("shop")
      let problem = try await refusal(bench, socket, shop)
      #expect(problem.code == .notFound && problem.hint.contains("backend shop\n  mode http\n"))
      #expect(problem.hint.contains(" ver HTTP/1.1 hdr Host "))
      let secure = try bench.frontend("web", certificate: "/srv/a.pem")
      #expect(try await refusal(bench, socket, secure).message.contains("certificate"))
      let sticky = try bench.frontend("web", isSticky: true)
      #expect(try await refusal(bench, socket, sticky).message.contains("sticky"))
      let sleeper = Frontend(group: bench.group, listen: bench.frontend.listen, mayWake: true)
      let refused = try await refusal(bench, socket, sleeper)
      #expect(refused.message.contains("min 0") && refused.hint.contains("--min 1"))
    }
  }

  @Test func aStaticTableAndALowLevelAreRefused() async throws {
    try await withOne(backend: "backend web\n  balance static-rr") { bench, socket in
      let problem = try await refusal(bench, socket)
      #expect(problem.code == .unsupported && problem.hint.contains("leastconn"))
    }
    try await withOne(level: "operator") { bench, socket in
      let problem = try await refusal(bench, socket)
      #expect(problem.code == .invalid && problem.hint.contains("level admin"))
    }
  }

  @Test func whatIsNoSocketOfHAProxysIsRefused() async throws {
    try await Bench.use { bench in
      let path = StandInAdminSocket.freshPath()
      #expect(try await refusal(bench, path).code == .unavailable)
      try Data().write(to: URL(fileURLWithPath: path))
      #expect(try await refusal(bench, path).message.contains("is no socket"))
      unlink(path)
      for manner in [StandInAdminSocket.Manner.answers("hello\n"), .mute, .closesAtOnce] {
        let standIn = try await StandInAdminSocket(path: path, manner)
        let problem = try await refusal(bench, path)
        #expect(problem.code == .unavailable)
        await standIn.close()
        unlink(path)
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root may give a file away"))
  func aSocketOfAnotherUsersIsRefused() async throws {
    try await withOne { bench, socket in
      #expect(chown(socket, 12345, 12345) == 0)
      let problem = try await refusal(bench, socket)
      #expect(problem.code == .invalid && problem.message.contains("user 12345"))
    }
  }
}
