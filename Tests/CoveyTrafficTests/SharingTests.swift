import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(2))) struct SharingTests {
  @Test func requestsGoToTheirGroupByHostAndPath() async throws {
    try await Bench.use { bench in
      let all = try bench.frontend("all")
      let shop = try bench.frontend("shop", hosts: ["shop.example"])
      let api = try bench.frontend("api", path: "/api")
      let both = try bench.frontend("both", hosts: ["shop.example"], path: "/api")
      try await bench.balancer.open(bench.shared([all, shop, api, both]))
      for (number, frontend) in [all, shop, api, both].enumerated() {
        _ = try await bench.enter(number + 1, in: frontend)
      }
      #expect(try await bench.page() == "all-1")
      #expect(try await bench.page("/apis") == "all-1")
      #expect(try await bench.page("/api/v1") == "api-3")
      #expect(try await bench.page("/api?x=1") == "api-3")
      #expect(try await bench.page(host: "SHOP.example:8080") == "shop-2")
      #expect(try await bench.page("/api", host: "shop.example") == "both-4")
      #expect(try await bench.balancer.statistics(of: api).requests == 2)
      #expect(try await bench.balancer.statistics(of: shop).requests == 1)
      #expect(try bench.processes().count == 1)
    }
  }

  @Test func aGroupThatComesAndGoesLeavesTheOthersMembersAndCounters() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop", hosts: ["shop.example"])
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([shop]))
      let one = try await bench.enter(1, in: shop)
      let two = try await bench.enter(2, in: shop)
      try await bench.balancer.drain(two.name, in: shop)
      for _ in 0..<3 { #expect(try await bench.page(host: "shop.example") == "shop-1") }
      _ = try await bench.page("/fail", host: "shop.example")
      let first = try bench.processes()
      try await bench.balancer.open(bench.shared([shop, api]))
      #expect(try await bench.page("/api").contains("503"))
      _ = try await bench.enter(3, in: api)
      #expect(try await bench.page("/api") == "api-3")
      for _ in 0..<2 { #expect(try await bench.page(host: "shop.example") == "shop-1") }
      let statistics = try await bench.balancer.statistics(of: shop)
      #expect(statistics.requests == 6 && statistics.failures == 1)
      #expect(statistics.members[one.name]?.requests == 6)
      #expect(statistics.members[two.name]?.isDraining == true)
      try await bench.balancer.open(bench.shared([shop]))
      #expect(try await bench.page("/api").contains("no group serves"))
      #expect(try await bench.balancer.statistics(of: shop).requests == 6)
      // A daemon that starts later, and a process that was killed, go on counting too.
      try await eventually("the older ones end") { try bench.processes().count == 1 }
      #expect(try bench.processes() != first)
      #expect(kill(try #require(try bench.processes().first), SIGKILL) == 0)
      let again = try bench.again()
      try await again.open(bench.shared([shop]))
      #expect(try await again.statistics(of: shop).requests == 6)
    }
  }

  @Test func noRequestFailsWhileGroupsComeAndGo() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop")
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([shop]))
      _ = try await bench.enter(1, in: shop)
      let answers = try await bench.underLoad { load in
        for _ in 0..<3 {
          try await handOver(bench, to: [shop, api], of: shop, load)
          try await handOver(bench, to: [shop], of: shop, load)
        }
      }
      #expect(answers == [200])
    }
  }

  /// Replaces the process while clients ask, and makes sure that both have answered some of them.
  private func handOver(_ bench: Bench, to groups: [Frontend], of shop: Frontend, _ load: Load)
    async throws
  {
    let before = try await bench.runtime(.showInfo)
    #expect(try await bench.requestsOfThisProcess(for: shop) > 0)
    try await bench.balancer.open(bench.shared(groups))
    let after = try await bench.runtime(.showInfo)
    #expect(RunningHAProxy(before)?.process != RunningHAProxy(after)?.process)
    try await load.more()
    #expect(try await bench.requestsOfThisProcess(for: shop) > 0)
  }

  @Test func noRequestFailsForAMemberThatStillStartsSlowly() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop", slowStart: .seconds(600))
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([shop]))
      _ = try await bench.enter(1, in: shop)
      let table = try await bench.runtime(.showServers(of: shop.group))
      let row = try #require(table.split(separator: "\n").last?.split(separator: " "))
      #expect(row[3] == "shop-1" && row[5] == "1", "in slow start: \(row)")
      let answers = try await bench.underLoad { load in
        try await handOver(bench, to: [shop, api], of: shop, load)
        try await handOver(bench, to: [shop], of: shop, load)
      }
      #expect(answers == [200])
    }
  }

  @Test func noRequestFailsForAMemberThatDrainedAcrossAHandoverAndCameBack() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop")
      let api = try bench.frontend("api", path: "/api")
      try await bench.balancer.open(bench.shared([shop]))
      let one = try await bench.enter(1, in: shop)
      let two = try await bench.enter(2, in: shop)
      try await bench.balancer.drain(one.name, in: shop)
      try await bench.balancer.open(bench.shared([shop, api]))
      #expect(try await bench.balancer.statistics(of: shop).members[one.name]?.isDraining == true)
      try await bench.balancer.enter(one.balanced, in: shop)
      try await bench.balancer.leave(two.name, in: shop)
      let answers = try await bench.underLoad { load in
        try await handOver(bench, to: [shop], of: shop, load)
        try await handOver(bench, to: [shop, api], of: shop, load)
      }
      #expect(answers == [200])
      #expect(try await bench.servers(of: shop).map(\.isReady) == [true])
    }
  }

  @Test func aClientThatSaysNoMoreIsAnsweredBesideAGroupThatMaySleep() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop")
      let sleeper = Frontend(
        group: try Name("sleeper"), listen: shop.listen, path: try PathPrefix("/sleeper"),
        mayWake: true)
      try await bench.balancer.open(bench.shared([shop, sleeper]))
      let member = try await bench.enter(1, in: shop)
      let client = try await RawClient("/slow", at: shop.listen)
      try await eventually("it arrives") { member.heldRequests == 1 }
      try await client.sayNoMore()
      try await Task.sleep(for: .milliseconds(300))
      member.release()
      #expect(try await client.heard().hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test func aTemplateThatHAProxyRefusesLeavesWhatRuns() async throws {
    try await Bench.use { bench in
      let shop = try bench.frontend("shop")
      try await bench.balancer.open(bench.shared([shop]))
      _ = try await bench.enter(1, in: shop)
      let own = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
      let wrong = try HAProxyTemplate(own + "  banana split\n", subject: "wrong.cfg")
      let balancer = try HAProxyBalancer(folder: bench.root, template: wrong)
      let problem = try #require(
        await #expect(throws: Problem.self) { try await balancer.open(bench.shared([shop])) })
      #expect(problem.code == .unavailable && problem.message.contains("banana"))
      #expect(try await bench.page() == "shop-1")
      #expect(try await bench.balancer.statistics(of: shop).requests == 1)
      let file = bench.root + "-own.cfg"
      try Data(own.replacing("nbthread 2", with: "nbthread 1").utf8).write(
        to: URL(fileURLWithPath: file))
      defer { unlink(file) }
      let tuned = try HAProxyBalancer(
        folder: bench.root, template: try HAProxyTemplate(file: file))
      try await tuned.open(bench.shared([shop]))
      #expect(try await bench.page() == "shop-1")
      #expect(try await tuned.statistics(of: shop).requests == 2)
      let text = try String(contentsOfFile: bench.folder.configuration, encoding: .utf8)
      #expect(text.contains("nbthread 1"))
    }
  }

  @Test func connectionsOfATCPGroupArePassedOnAsTheyAre() async throws {
    try await Bench.use { bench in
      let tcp = Frontend(
        group: bench.group, listen: bench.frontend.listen, check: .tcp, isSticky: true)
      try await bench.balancer.open(bench.shared([tcp], .tcp))
      for number in 1...2 {
        let member = try await bench.member(number)
        try await bench.balancer.enter(member.balanced, in: tcp)
      }
      let first = try await bench.page()
      for _ in 0..<3 { #expect(try await bench.page() == first) }
      #expect(try await bench.balancer.statistics(of: tcp).requests == 4)
      // A process that takes over knows which client was where.
      let changed = Frontend(group: bench.group, listen: bench.frontend.listen, isSticky: true)
      try await bench.balancer.open(bench.shared([changed], .tcp))
      for _ in 0..<3 { #expect(try await bench.page() == first) }
      #expect(try await bench.balancer.statistics(of: changed).requests == 7)
      // Who drains gets nothing new, not even from those who were there before.
      try await bench.balancer.drain(try Name(first), in: changed)
      #expect(try await bench.page() != first)
    }
  }
}
