import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

/// Stickiness, weights, slow start, and what members say of themselves.
@Suite(.timeLimit(.minutes(2))) struct MemberWishesTests {
  private func server(_ bench: Bench, _ member: StandInMember, in frontend: Frontend) async throws
    -> RunningServer
  {
    try #require(
      try await bench.servers(of: frontend).first { $0.member.name == member.name })
  }

  @Test func aClientComesBackToItsMemberUntilThatDrains() async throws {
    try await Bench.use { bench in
      let web = try bench.frontend("web", isSticky: true)
      try await bench.balancer.open(bench.shared([web]))
      for number in 1...2 { _ = try await bench.enter(number, in: web) }
      let jar = bench.root + "-jar"
      defer { unlink(jar) }
      let url = "http://\(web.listen)/"
      let first = try await bench.curl("-c", jar, "-b", jar, url)
      for _ in 0..<4 { #expect(try await bench.curl("-c", jar, "-b", jar, url) == first) }
      // One who comes with the next process, and one who entered later, change nothing for it.
      _ = try await bench.enter(3, in: web)
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([web, api]))
      for _ in 0..<4 { #expect(try await bench.curl("-c", jar, "-b", jar, url) == first) }
      try await bench.balancer.drain(try Name(first), in: web)
      let second = try await bench.curl("-c", jar, "-b", jar, url)
      #expect(second != first)
      let seen = try await bench.balancer.statistics(of: web)
      #expect(seen.members[try Name(first)]?.isDraining == true && seen.failures == 0)
      let key = try CookieKey.read(in: bench.root)
      #expect(key.count == 64)
      let text = try String(contentsOfFile: bench.folder.configuration, encoding: .utf8)
      #expect(text.contains("dynamic-cookie-key \(key)\n"))
    }
  }

  @Test func aWeightIsAShareAndSurvivesTheProcess() async throws {
    try await Bench.use { bench in
      let web = bench.frontend
      try await bench.balancer.open(bench.listener)
      let one = try await bench.enteredMember(1)
      _ = try await bench.enteredMember(2)
      let none = BalancedMember(name: one.name, endpoint: one.endpoint, weight: 0)
      try await bench.balancer.enter(none, in: web)
      for _ in 0..<4 { #expect(try await bench.get().body == "web-2") }
      #expect(try await bench.seen(one).isUp)
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([web, api]))
      for _ in 0..<4 { #expect(try await bench.get().body == "web-2") }
      try await bench.balancer.enter(one.balanced, in: web)
      #expect(try await server(bench, one, in: web).weight == 100)
      let answers = try await Array(0..<6).asyncBodies { try await bench.get().body }
      #expect(answers == ["web-1", "web-2"])
    }
  }

  @Test func aNewMemberStartsSlowly() async throws {
    try await Bench.use { bench in
      let web = try bench.frontend("web", slowStart: .seconds(600))
      try await bench.balancer.open(bench.shared([web]))
      _ = try await bench.enter(1, in: web)
      let rows = try TrafficTable.rows(in: await bench.runtime(.showStatistics), subject: "")
      let row = try #require(rows.first { $0["svname"] == "web-1" })
      let share = try #require(row["weight"].flatMap { Int($0) })
      #expect(share < 50 && row["uweight"] == "100")
      let throttle = try #require(row["throttle"]?.prefix { $0.isNumber })
      #expect(try #require(Int(throttle)) < 50)
      #expect(try await bench.get().body == "web-1")
    }
  }

  @Test func aMemberSaysItsWeightAndThatItWantsNothingNew() async throws {
    try await Bench.use { bench in
      let web = bench.frontend
      try await bench.balancer.open(bench.listener)
      let one = try await bench.member(1)
      _ = try await bench.enteredMember(2)
      let voice = try await ReportingMember(.says("up ready 50%\ncost 3\n"))
      func balanced(_ weight: Int) -> BalancedMember {
        BalancedMember(
          name: one.name, endpoint: one.endpoint, weight: weight, report: voice.endpoint)
      }
      try await bench.balancer.enter(balanced(100), in: web)
      try await eventually("its word counts") { try await server(bench, one, in: web).weight == 50 }
      voice.say("drain\n")
      try await eventually("it drains") { try await bench.seen(one).isDraining }
      for _ in 0..<4 { #expect(try await bench.get().body == "web-2") }
      voice.say("up ready 100%\n")
      try await eventually("it is back") { try await !bench.seen(one).isDraining }

      // What its owner gives it is what its own words are percent of.
      voice.say("up ready 50%\n")
      try await bench.balancer.enter(balanced(40), in: web)
      try await eventually("both count") { try await server(bench, one, in: web).weight == 20 }
      #expect(try await bench.get().status == 200)

      voice.say("banana\n")
      try await bench.balancer.drain(one.name, in: web)
      voice.say("up ready\n")
      // It is not asked any more: no word of its own brings it back.
      #expect(try await !server(bench, one, in: web).isAgentEnabled)
      for _ in 0..<4 { #expect(try await bench.get().body == "web-2") }
      #expect(try await bench.seen(one).isDraining)
      try await bench.balancer.enter(balanced(40), in: web)
      #expect(try await !bench.seen(one).isDraining)

      voice.say("down # the disk is full\n")
      try await eventually("it is down") { try await !bench.seen(one).isUp }
      try await bench.balancer.leave(one.name, in: web)
      #expect(try await bench.balancer.statistics(of: web).members[one.name] == nil)
      await voice.close()
    }
  }

  @Test func aMemberIsCheckedWhereItsTemplateSays() async throws {
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      let (member, health) = (try await bench.member(1), try await bench.member(2))
      try await bench.balancer.enter(
        BalancedMember(
          name: member.name, endpoint: member.endpoint, checked: health.endpoint),
        in: bench.frontend)
      try await eventually("the other port is asked") { health.served("/health") > 0 }
      #expect(member.served("/health") == 0)
      try await bench.balancer.enter(
        BalancedMember(name: member.name, endpoint: member.endpoint, checked: health.endpoint),
        in: bench.frontend)
      #expect(try await bench.get().body == "web-1")
    }
  }
}

extension Array {
  /// The different outcomes of so many calls, one after the other.
  func asyncBodies(_ body: () async throws -> String) async throws -> Set<String> {
    var found: Set<String> = []
    for _ in self { found.insert(try await body()) }
    return found
  }
}
