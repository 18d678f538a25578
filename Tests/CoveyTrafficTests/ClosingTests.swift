import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct ClosingTests {
  /// Another group on the bench, which the bench does not close itself.
  private func neighbour(_ text: String, of bench: Bench) throws -> Frontend {
    let listen = bench.frontend.listen
    return Frontend(
      group: try Name(text), listen: Endpoint(address: listen.address, port: listen.port + 20_000),
      check: .http(path: "/health"))
  }

  @Test func whereNothingWasEverOpenedThereIsNothingToDo() async throws {
    try await Bench.use { bench in
      try await bench.balancer.drain(Name("web-1"), in: bench.frontend)
      try await bench.balancer.leave(Name("web-1"), in: bench.frontend)
      try await bench.balancer.close(bench.frontend.listen)
      try await bench.balancer.close(besides: [])
      #expect(!FileManager.default.fileExists(atPath: bench.root))
    }
  }

  @Test func whereTheProcessWasKilledMembersDrainAndLeaveAndTheListenerCloses() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      let process = try #require(try bench.processes().first)
      #expect(kill(process, SIGKILL) == 0)
      try await bench.balancer.drain(member.name, in: bench.frontend)
      try await bench.balancer.leave(member.name, in: bench.frontend)
      let problem = try #require(
        await #expect(throws: Problem.self) {
          try await bench.balancer.enter(member.balanced, in: bench.frontend)
        })
      #expect(problem.code == .unavailable)
      try await bench.balancer.close(bench.frontend.listen)
      #expect(try bench.isClear())
    }
  }

  @Test func aMuteProcessLetsNoMemberGoButIsEndedByClosing() async throws {
    try await Bench.use { bench in
      let impatient = try HAProxyBalancer(
        folder: bench.root, template: HAProxyTemplate(), program: nil, limit: .milliseconds(300))
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      let process = try #require(try bench.processes().first)
      #expect(kill(process, SIGSTOP) == 0)
      for attempt in [impatient.drain, impatient.leave] {
        let problem = try #require(
          await #expect(throws: Problem.self) { try await attempt(member.name, bench.frontend) })
        #expect(problem.code == .unavailable)
      }
      #expect(try bench.processes() == [process])
      try await impatient.close(bench.frontend.listen)
      #expect(try bench.isClear())
    }
  }

  @Test func balancersThatNoGroupNeedsAreEndedAndTheNamedOneServesOn() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      _ = try await bench.enteredMember(1)
      let kept = try bench.processes()
      let orphan = try neighbour("orphan", of: bench)
      try await bench.balancer.open(orphan.alone)
      let folder = BalancerFolder(root: bench.root, listen: orphan.listen)
      #expect(try DetachedProcess(folder).identifiers().count == 1)
      try await bench.again().close(besides: [bench.frontend.listen])
      #expect(try DetachedProcess(folder).identifiers().isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder.path))
      #expect(try bench.processes() == kept)
      #expect(try await bench.get().status == 200)
    }
  }

  @Test func aMuteOrphanIsEndedToo() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let process = try #require(try bench.processes().first)
      #expect(kill(process, SIGSTOP) == 0)
      try await bench.again().close(besides: [])
      #expect(try bench.isClear())
    }
  }

  @Test func onlyFoldersWithAListenersOrAGroupsNameAreRemovedAndNoStrangersProcessEnds()
    async throws
  {
    try await Bench.use { bench in
      let files = FileManager.default
      for name in ["Lost+Found", "left", "127.0.0.1-80", "127.0.0.1-x"] {
        try files.createDirectory(
          atPath: bench.root + "/" + name, withIntermediateDirectories: true)
      }
      try Data().write(to: URL(fileURLWithPath: bench.root + "/note"))
      try files.createSymbolicLink(atPath: bench.root + "/link", withDestinationPath: "/tmp")
      // The number of a process that is not the group's: this test's own.
      let number = "\(ProcessInfo.processInfo.processIdentifier)\n"
      try Data(number.utf8).write(to: URL(fileURLWithPath: bench.root + "/left/haproxy.pid"))
      try await bench.balancer.close(besides: [])
      let names = try Set(files.contentsOfDirectory(atPath: bench.root))
      #expect(names == ["Lost+Found", "note", "link", "127.0.0.1-x"])
    }
  }
}
