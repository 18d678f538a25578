import Covey
import CoveyEngine
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct ServingTests {
  @Test func aMemberServesTheFirstRequestAfterItEnters() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      #expect(try await bench.get().status == 503)
      _ = try await bench.enteredMember(1)
      #expect(try await bench.get() == .init(status: 200, body: "web-1"))
    }
  }

  @Test func enteringTwiceChangesNothing() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      _ = try await bench.get()
      try await bench.balancer.enter(member.balanced, in: bench.frontend)
      #expect(try await bench.seen(member).requests == 1)
    }
  }

  @Test func requestsAreSpreadOverTheMembers() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let members = [try await bench.enteredMember(1), try await bench.enteredMember(2)]
      for _ in 0..<10 { _ = try await bench.get() }
      #expect(members.map { $0.served("/") } == [5, 5])
    }
  }

  @Test func aDrainedMemberEndsWhatItBeganAndGetsNothingNew() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let old = try await bench.enteredMember(1)
      async let slow = bench.get("/slow")
      try await eventually("the slow request arrives") { old.heldRequests == 1 }
      let new = try await bench.enteredMember(2)
      try await bench.balancer.drain(old.name, in: bench.frontend)
      for _ in 0..<6 { #expect(try await bench.get().body == "web-2") }
      let draining = try await bench.seen(old)
      #expect(draining.isDraining && draining.isUp && draining.sessions == 1)
      old.release()
      #expect(try await slow == .init(status: 200, body: "web-1"))
      try await eventually("its sessions end") { try await bench.seen(old).sessions == 0 }
      try await bench.balancer.leave(old.name, in: bench.frontend)
      let statistics = try await bench.balancer.statistics(of: bench.frontend)
      #expect(Set(statistics.members.keys) == [new.name] && statistics.failures == 0)
    }
  }

  @Test func aDrainedMemberThatEntersAgainServesAgain() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      try await bench.balancer.drain(member.name, in: bench.frontend)
      #expect(try await bench.get().status == 503)
      try await bench.balancer.enter(member.balanced, in: bench.frontend)
      #expect(try await bench.get().status == 200)
    }
  }

  @Test func aMemberWithAnotherAddressReplacesItsNamesake() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let first = try await bench.enteredMember(1)
      let second = try await bench.enteredMember(1)
      #expect(try await bench.get().status == 200)
      #expect(first.served("/") == 0 && second.served("/") == 1)
    }
  }

  @Test func leavingCutsARequestThatIsUnderWay() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      async let slow = bench.get("/slow")
      try await eventually("the slow request arrives") { member.heldRequests == 1 }
      try await bench.balancer.leave(member.name, in: bench.frontend)
      #expect(try await slow.status >= 500)
      #expect(try await bench.balancer.statistics(of: bench.frontend).members.isEmpty)
    }
  }

  @Test func aStrangerMayDrainAndLeave() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      try await bench.balancer.drain(Name("web-9"), in: bench.frontend)
      try await bench.balancer.leave(Name("web-9"), in: bench.frontend)
    }
  }

  @Test func aKilledMemberCostsNoRequestAndIsTakenOut() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let victim = try await bench.enteredMember(1)
      _ = try await bench.enteredMember(2)
      await victim.kill()
      for _ in 0..<6 { #expect(try await bench.get().body == "web-2") }
      try await eventually("the checks find it down") { try await !bench.seen(victim).isUp }
    }
  }

  @Test func aMemberWhoseHealthPathFailsIsTakenOutAndComesBack() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      member.setHealthy(false)
      try await eventually("it goes down") { try await !bench.seen(member).isUp }
      #expect(try await bench.get().status == 503)
      member.setHealthy(true)
      try await eventually("it comes back") { try await bench.seen(member).isUp }
      #expect(try await bench.get().status == 200)
    }
  }

  /// A member that passed its launch must not fall at the balancer's checks.
  @Test(arguments: ["/strict", "/old"])
  func membersAreCheckedByTheRequestThatALaunchMakes(_ path: String) async throws {
    try await Bench.use { bench in
      let frontend = Frontend(
        group: bench.group, listen: bench.frontend.listen, check: .http(path: path))
      try await bench.balancer.open(frontend.alone)
      let member = try await bench.enter(1, in: frontend)
      try await eventually("it is checked") { member.served(path) >= 5 }
      #expect(try await bench.seen(member).isUp)
      let launch = HealthCheck(kind: .http, port: 80, path: path, within: .seconds(60))
      #expect(
        await GuestProbe().failure(of: member.endpoint, launch, within: .seconds(20)) == nil)
    }
  }

  @Test func aRequestThatAMemberMayHaveExecutedIsNotSentToAnother() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let members = [try await bench.enteredMember(1), try await bench.enteredMember(2)]
      #expect(try await bench.get("/drop").status == 502)
      #expect(members.map { $0.served("/drop") }.reduce(0, +) == 1)
    }
  }

  @Test func failuresAreCountedForMemberAndGroup() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let member = try await bench.enteredMember(1)
      for path in ["/", "/fail", "/drop"] { _ = try await bench.get(path) }
      let statistics = try await bench.balancer.statistics(of: bench.frontend)
      #expect(statistics.requests == 3 && statistics.failures == 2 && statistics.queued == 0)
      let seen = try await bench.seen(member)
      #expect(seen.requests == 3 && seen.failures == 2 && seen.isUp)
    }
  }

  @Test func manyMembersEnterAndLeaveAtOnce() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let (balancer, frontend) = (bench.balancer, bench.frontend)
      let members = try (1...20).map { number in
        BalancedMember(
          name: try Name.member(number, of: bench.group), endpoint: try Endpoint("127.78.255.1:9"))
      }
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for member in members { tasks.addTask { try await balancer.enter(member, in: frontend) } }
        try await tasks.waitForAll()
      }
      #expect(try await balancer.statistics(of: frontend).members.count == 20)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for member in members {
          tasks.addTask { try await balancer.leave(member.name, in: frontend) }
        }
        try await tasks.waitForAll()
      }
      #expect(try await balancer.statistics(of: frontend).members.isEmpty)
    }
  }
}
