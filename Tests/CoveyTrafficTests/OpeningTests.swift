import Covey
import CoveyEngine
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct OpeningTests {
  private func code(_ body: () async throws -> Void) async throws -> Problem {
    try #require(await #expect(throws: Problem.self) { try await body() })
  }

  @Test func aSecondDaemonAdoptsTheRunningProcessWithMembersAndCounters() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      for _ in 0..<3 { _ = try await bench.get() }
      let before = try bench.processes()
      let again = try bench.again()
      try await again.open(bench.listener)
      #expect(try bench.processes() == before && before.count == 1)
      let statistics = try await again.statistics(of: bench.frontend)
      #expect(statistics.requests == 3 && statistics.members[member.name]?.requests == 3)
    }
  }

  @Test func theProcessLivesInASessionOfItsOwnAndItsSocketIsForItsUserOnly() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let process = try #require(try bench.processes().first)
      #expect(getsid(process) == process && getsid(process) != getsid(0))
      let files = FileManager.default
      let mode = try files.attributesOfItem(atPath: bench.folder.socket)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let names = try Set(files.contentsOfDirectory(atPath: bench.folder.path))
      #expect(names == ["haproxy.cfg", "admin.sock", "haproxy.pid", "haproxy.log"])
    }
  }

  @Test func aListenerThatIsClosedFinishesWhatRunsWhileTheNextOneServes() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      async let slow = bench.get("/slow")
      try await eventually("the slow request arrives") { member.heldRequests == 1 }
      let old = bench.frontend.listen
      let moved = Frontend(
        group: bench.group, listen: Endpoint(address: old.address, port: old.port + 10_000),
        check: .http(path: "/health"))
      try await bench.balancer.open(moved.alone)
      try await bench.balancer.enter(member.balanced, in: moved)
      try await bench.balancer.close(old)
      #expect(try await bench.get(at: moved.listen) == .init(status: 200, body: "web-1"))
      member.release()
      #expect(try await slow.status == 200)
      try await eventually("the older process ends") { try bench.processes().isEmpty }
      try await eventually("nobody listens there") {
        await HTTPHealthProbe().failure(of: old, path: "/", within: .seconds(20))
          == "connection refused"
      }
      try await bench.balancer.close(moved.listen)
    }
  }

  @Test func aChangedHealthPathRefusesNoRequest() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      let changed = Frontend(
        group: bench.group, listen: bench.frontend.listen, check: .http(path: "/other?full=1"))
      let answers = try await bench.underLoad { load in
        try await bench.balancer.open(changed.alone)
        try await load.more()
        #expect(try await bench.requestsOfThisProcess(for: changed) > 0)
      }
      #expect(answers == [200])
      try await eventually("the new path is checked") { member.served("/other?full=1") > 0 }
    }
  }

  @Test func aListenerThatIsOpenedAgainLeavesTheOldProcessItsTimeToFinish() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      async let slow = bench.get("/slow")
      try await eventually("the slow request arrives") { member.heldRequests == 1 }
      let old = try bench.processes()
      try await bench.balancer.close(bench.frontend.listen)
      try await bench.balancer.open(bench.listener)
      try await bench.balancer.enter(member.balanced, in: bench.frontend)
      #expect(try await bench.get().status == 200)
      // Nor does a start that fails, or a newer process that dies, cost it anything.
      let new = try #require(try bench.processes().first { !old.contains($0) })
      #expect(kill(new, SIGKILL) == 0)
      try await eventually("it is gone") { try bench.processes() == old }
      try await bench.balancer.drain(member.name, in: bench.frontend)
      let refuses = bench.root + "-refuses"
      try Data("#!/bin/sh\n[ \"$1\" = -D ] && exit 1\nexit 0\n".utf8).write(
        to: URL(fileURLWithPath: refuses))
      #expect(chmod(refuses, 0o755) == 0)
      defer { unlink(refuses) }
      let failing = try HAProxyBalancer(folder: bench.root, program: refuses)
      await #expect(throws: Problem.self) { try await failing.open(bench.listener) }
      try await bench.balancer.open(bench.listener)
      #expect(Set(try bench.processes()).isSuperset(of: old))
      member.release()
      #expect(try await slow == .init(status: 200, body: "web-1"))
      try await eventually("the older process ends") {
        try bench.processes().allSatisfy { !old.contains($0) }
      }
    }
  }

  @Test func aPortThatAnotherProgramHoldsIsNamedWithItsHolder() async throws {
    try await Bench.use { bench in
      let listen = bench.frontend.listen
      let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: listen.address.description, port: listen.port).get()
      let own = "process \(ProcessInfo.processInfo.processIdentifier) "
      for attempt in [bench.balancer.preflight, bench.balancer.open] {
        let problem = try await code { try await attempt(bench.listener) }
        #expect(problem.code == .inUse && problem.message.contains(listen.description))
        #expect(problem.message.contains(own))
      }
      #expect(try bench.isClear())
      try await other.close()
      // A child that another test has just started may hold a copy of the listener for a while.
      try await eventually("the port is free") {
        (try? await bench.balancer.preflight(bench.listener)) != nil
      }
      try await bench.balancer.open(bench.listener)
    }
  }

  @Test func whoListensIsFoundAmongManyOthers() throws {
    let own = getpid()
    // More than a page of the system's tables shows.
    var others: [Int32] = []
    defer { for other in others { close(other) } }
    for _ in 0..<200 {
      let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      #expect(listen(other, 1) == 0)
      others.append(other)
      var facts = stat()
      #expect(fstat(other, &facts) == 0)
      guard others.count % 50 == 0 else { continue }
      #expect(PortOwner.listeningSockets().contains("socket:[\(facts.st_ino)]"))
    }
    let sockets = PortOwner.listeningSockets()
    let inodes = others.map { other in
      var facts = stat()
      fstat(other, &facts)
      return "socket:[\(facts.st_ino)]"
    }
    #expect(inodes.allSatisfy(sockets.contains) && PortOwner.holds(own, sockets))
  }

  @Test func preflightAcceptsThePortThatTheGroupsOwnProcessHolds() async throws {
    try await Bench.use { bench in
      try await bench.balancer.preflight(bench.listener)
      #expect(try bench.isClear())
      try await bench.balancer.open(bench.listener)
      try await bench.balancer.preflight(bench.listener)
    }
  }

  @Test func aListenerOnATakenPortLeavesTheOtherOneServing() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      let taken = Frontend(group: bench.group, listen: member.endpoint)
      let problem = try await code { try await bench.balancer.open(taken.alone) }
      #expect(problem.code == .inUse)
      #expect(try await bench.get().status == 200)
    }
  }

  @Test func anAddressThatIsNotLocalIsInvalid() async throws {
    try await Bench.use { bench in
      let foreign = Frontend(group: bench.group, listen: try Endpoint("192.0.2.1:8080"))
      #expect(try await code { try await bench.balancer.open(foreign.alone) }.code == .invalid)
      #expect(try bench.isClear())
    }
  }

  @Test func aHealthPathWithAQuoteOrALineFeedIsInvalid() async throws {
    try await Bench.use { bench in
      for path in ["/a'b", "/a\nb", "/a b", "health", "", "/caf\u{e9}"] {
        let odd = Frontend(
          group: bench.group, listen: bench.frontend.listen, check: .http(path: path))
        let problem = try await code { try await bench.balancer.open(odd.alone) }
        #expect(problem.code == .invalid)
      }
      #expect(try bench.isClear())
    }
  }

  @Test func aMissingProgramSaysHowToInstallIt() async throws {
    try await Bench.use { bench in
      let balancer = try HAProxyBalancer(folder: bench.root, program: "/nonexistent/haproxy")
      let problem = try await code { try await balancer.open(bench.listener) }
      #expect(problem.code == .unavailable && problem.hint.contains("apt-get install haproxy"))
      #expect(try bench.isClear())
    }
  }

  @Test(arguments: ["-c", "-D"])
  func aProgramThatRefusesLeavesNothingAndItsWordsAreTold(when: String) async throws {
    try await Bench.use { bench in
      let program = bench.root + "-refuses"
      let script =
        "#!/bin/sh\n[ \"$1\" = \(when) ] || exit 0\necho '[ALERT] (1) : no such word'\nexit 1\n"
      try Data(script.utf8).write(to: URL(fileURLWithPath: program))
      #expect(chmod(program, 0o755) == 0)
      defer { unlink(program) }
      let balancer = try HAProxyBalancer(folder: bench.root, program: program)
      let problem = try await code { try await balancer.open(bench.listener) }
      #expect(problem.code == .unavailable && problem.message.hasSuffix("no such word"))
      #expect(try bench.isClear())
    }
  }

  @Test func aFolderTooDeepForASocketIsInvalid() async throws {
    try await Bench.use { bench in
      let deep = try HAProxyBalancer(folder: bench.root + "/" + String(repeating: "d", count: 80))
      let problem = try await code { try await deep.open(bench.listener) }
      #expect(problem.code == .invalid && problem.message.contains("103"))
      #expect(!FileManager.default.fileExists(atPath: bench.root))
    }
  }

  @Test func theDeepestFolderThatASocketAllowsWorks() async throws {
    try await Bench.use { bench in
      let rest =
        BalancerFolder.longestSocketPath - "/\(bench.folder.name)/admin.sock".utf8.count
        - bench.root.utf8.count - 1
      let deep = try HAProxyBalancer(
        folder: bench.root + "/" + String(repeating: "d", count: rest))
      try await deep.open(bench.listener)
      #expect(try await deep.statistics(of: bench.frontend).requests == 0)
      try await deep.close(bench.frontend.listen)
    }
  }

  @Test func aKilledProcessIsStartedAgainAndAFrozenOneIsReplaced() async throws {
    try await Bench.use { bench in
      let impatient = try HAProxyBalancer(
        folder: bench.root, template: HAProxyTemplate(), program: nil, limit: .milliseconds(300))
      for signal in [SIGKILL, SIGSTOP] {
        try await bench.balancer.open(bench.listener)
        let process = try #require(try bench.processes().first)
        #expect(kill(process, signal) == 0)
        await #expect(throws: Problem.self) { try await impatient.statistics(of: bench.frontend) }
        try await bench.again().open(bench.listener)
        #expect(try bench.processes().count == 1 && bench.processes() != [process])
        _ = try await bench.enteredMember(1)
        #expect(try await bench.get().status == 200)
      }
    }
  }

  @Test func closingLeavesNeitherProcessNorFileAndMayBeRepeated() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      _ = try await bench.enteredMember(1)
      try await bench.balancer.close(bench.frontend.listen)
      #expect(try bench.isClear())
      try await bench.balancer.close(bench.frontend.listen)
      let problem = try await code { _ = try await bench.balancer.statistics(of: bench.frontend) }
      #expect(problem.code == .unavailable)
    }
  }

  @Test func aStrangerThatReadsTheConfigurationIsNotTakenForHAProxy() throws {
    let folder = BalancerFolder(root: "/srv", listen: try Endpoint("127.0.0.1:8080"))
    let wanted = ArgumentRun(words: folder.arguments)
    #expect(!wanted.appear(in: ["tail", "-f", folder.configuration]))
    #expect(!wanted.appear(in: []))
    #expect(wanted.appear(in: ["/usr/sbin/haproxy"] + folder.arguments + ["-sf", "12"]))
  }
}
