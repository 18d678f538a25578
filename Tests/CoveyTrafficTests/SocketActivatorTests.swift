import Covey
import CoveyEngine
import Foundation
import NIOCore
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(2))) struct SocketActivatorTests {
  /// A balancer whose group sleeps, with its activator.
  private func withSleepingGroup(
    placeFor: TimeAmount = Doorkeeper.placeFor,
    _ body: (Bench, SocketActivator) async throws -> Void
  ) async throws {
    try await Bench.use { bench in
      let activator = SocketActivator(folder: "\(bench.root)/wake", placeFor: placeFor)
      let sleeping = Frontend(
        group: bench.group, listen: bench.frontend.listen, check: bench.frontend.check,
        mayWake: true)
      try await activator.keep([bench.group: Self.door()])
      try await bench.balancer.open(sleeping.alone)
      do { try await body(bench, activator) } catch {
        await activator.end()
        throw error
      }
      await activator.end()
    }
  }

  private static func door(
    _ members: [StandInMember] = [], refusal: String? = nil, speaksHTTP: Bool = true
  ) -> Door {
    Door(members: members.map(\.balanced), refusal: refusal, speaksHTTP: speaksHTTP)
  }

  private func held(_ activator: SocketActivator, _ bench: Bench) async throws -> Int {
    try #require(await activator.wakes(of: bench.group)).held
  }

  @Test func theFirstRequestIsHeldCallsAndIsAnsweredByTheMemberThatComes() async throws {
    try await withSleepingGroup { bench, activator in
      let client = try await RawClient("/", at: bench.frontend.listen)
      var knocks = await activator.knocks().makeAsyncIterator()
      #expect(await knocks.next() == bench.group)
      #expect(try await held(activator, bench) == 1)
      let member = try await bench.member(1)
      try await bench.balancer.enter(member.balanced, in: bench.frontend)
      try await activator.keep([bench.group: Self.door([member])])
      #expect(try await client.heard().hasSuffix("web-1"))
      let statistics = try #require(await activator.wakes(of: bench.group))
      #expect(statistics.served == [member.name: 1] && statistics.lost == 0)
      #expect(statistics.longestWait > .zero)
      // The next one goes to the member without the activator.
      #expect(try await bench.get("/") == .init(status: 200, body: "web-1"))
      #expect(await activator.wakes(of: bench.group)?.served == [member.name: 1])
    }
  }

  @Test func aBurstOfFiveHundredIsAnsweredInItsOrderAndNoneIsLost() async throws {
    try await withSleepingGroup { bench, activator in
      var clients: [RawClient] = []
      for batch in 0..<20 {
        for number in 1...25 {
          let path = "/\(batch * 25 + number)"
          clients.append(try await RawClient(path, at: bench.frontend.listen))
        }
        try await eventually("the batch waits") {
          try await held(activator, bench) == (batch + 1) * 25
        }
      }
      // Every tenth client leaves; nobody is to be asked for it.
      let leavers = stride(from: 9, to: 500, by: 10).map { $0 }
      for number in leavers { await clients[number].leave() }
      try await eventually("those who left are dropped") {
        try await held(activator, bench) == 450
      }
      let member = try await bench.member(1)
      try await activator.keep([bench.group: Self.door([member])])
      for (number, client) in clients.enumerated() where !leavers.contains(number) {
        let heard = try await client.heard()
        #expect(heard.hasPrefix("HTTP/1.1 200") && heard.hasSuffix("web-1"), "\(number)")
      }
      let statistics = try #require(await activator.wakes(of: bench.group))
      #expect(statistics.served == [member.name: 450])
      #expect(statistics.lost == 0 && statistics.left == 50)
      try await eventually("the last connections end") {
        await activator.wakes(of: bench.group)?.isQuiet == true
      }
      let order = (1...500).filter { ($0 - 10) % 10 != 0 }
      let reached = member.paths.compactMap { Int($0.dropFirst()) }
      #expect(reached.count == 450)
      let late = zip(order, reached).map { abs($0 - $1) }.max() ?? 0
      // A batch of 25 may have arrived in another order, and 16 are under way at once.
      #expect(late <= 60, "a request was served \(late) places from its own")
    }
  }

  @Test func aMemberGetsSixteenAtOnceAndTheNextOnesAsTheyAreAnswered() async throws {
    try await withSleepingGroup(placeFor: .hours(1)) { bench, activator in
      var clients: [RawClient] = []
      for _ in 1...40 { clients.append(try await RawClient("/slow", at: bench.frontend.listen)) }
      try await eventually("all wait") { try await held(activator, bench) == 40 }
      let members = [try await bench.member(1), try await bench.member(2)]
      try await activator.keep([bench.group: Self.door([members[0]])])
      try await eventually("the first is full") { members[0].heldRequests == 16 }
      #expect(await activator.wakes(of: bench.group)?.passing == [members[0].name: 16])
      try await activator.keep([bench.group: Self.door(members)])
      try await eventually("the second is full") { members[1].heldRequests == 16 }
      #expect(try await held(activator, bench) == 8)
      members[1].release()
      try await eventually("the rest has come") { members[1].heldRequests == 8 }
      for member in members { member.release() }
      for client in clients { #expect(try await client.heard().hasPrefix("HTTP/1.1 200")) }
      #expect(
        await activator.wakes(of: bench.group)?.served
          == [members[0].name: 16, members[1].name: 24])
    }
  }

  /// By those that have an answer and go on, such as WebSockets; and by those that have none, such as long polls.
  @Test(arguments: [("/stream", TimeAmount.hours(1)), ("/slow", Doorkeeper.placeFor)])
  func nobodyWaitsBehindConnectionsThatStayOpen(_ path: String, _ placeFor: TimeAmount) async throws
  {
    try await withSleepingGroup(placeFor: placeFor) { bench, activator in
      var clients: [RawClient] = []
      for _ in 1...40 { clients.append(try await RawClient(path, at: bench.frontend.listen)) }
      try await eventually("all wait") { try await held(activator, bench) == 40 }
      let member = try await bench.member(1)
      try await activator.keep([bench.group: Self.door([member])])
      try await eventually("all have come") { member.served(path) == 40 }
      #expect(try await held(activator, bench) == 0)
      #expect(await activator.wakes(of: bench.group)?.passing == [member.name: 40])
      for client in clients { await client.leave() }
      try await eventually("all have ended") {
        await activator.wakes(of: bench.group)?.isQuiet == true
      }
    }
  }

  @Test func aStickyClientThatWokeAGroupIsPassedToItsMemberWithoutTheActivator() async throws {
    try await Bench.use { bench in
      let activator = SocketActivator(folder: "\(bench.root)/wake")
      let sleeper = Frontend(
        group: bench.group, listen: bench.frontend.listen, check: .tcp, isSticky: true,
        mayWake: true)
      try await activator.keep([bench.group: Self.door(speaksHTTP: false)])
      try await bench.balancer.open(bench.shared([sleeper], .tcp))
      let client = try await RawClient("/", at: sleeper.listen)
      try await eventually("it waits") { try await held(activator, bench) == 1 }
      let member = try await bench.enter(1, in: sleeper)
      try await activator.keep([bench.group: Self.door([member], speaksHTTP: false)])
      #expect(try await client.heard().hasSuffix("web-1"))
      for _ in 1...3 { #expect(try await bench.get("/again").body == "web-1") }
      #expect(member.served("/again") == 3)
      #expect(await activator.wakes(of: bench.group)?.served == [member.name: 1])
      await activator.end()
    }
  }

  @Test func whoCannotBeServedIsToldWhyAtOnce() async throws {
    try await withSleepingGroup { bench, activator in
      let waiting = try await RawClient("/", at: bench.frontend.listen)
      try await eventually("it waits") { try await held(activator, bench) == 1 }
      try await activator.keep([bench.group: Self.door(refusal: "group web is asleep and paused")])
      let late = try await RawClient("/", at: bench.frontend.listen)
      for client in [waiting, late] {
        let heard = try await client.heard()
        #expect(heard.hasPrefix("HTTP/1.1 503"))
        #expect(heard.lowercased().contains("retry-after: 5"))
        #expect(heard.contains("group web is asleep and paused"))
      }
      #expect(await activator.wakes(of: bench.group)?.lost == 2)
    }
  }

  @Test func theDaemonsEndTurnsAwayWhoWaitsAndLetsTheOthersFinish() async throws {
    try await withSleepingGroup { bench, activator in
      let slow = try await RawClient("/slow", at: bench.frontend.listen)
      let member = try await bench.member(1)
      try await activator.keep([bench.group: Self.door([member])])
      try await eventually("the slow one is under way") { member.heldRequests == 1 }
      try await activator.keep([bench.group: Self.door()])
      let waiting = try await RawClient("/", at: bench.frontend.listen)
      try await eventually("another waits") { try await held(activator, bench) == 1 }
      async let end: Void = activator.end()
      #expect(try await waiting.heard().contains("coveyd is being stopped"))
      member.release()
      #expect(try await slow.heard().hasSuffix("web-1"))
      await end
      #expect(!FileManager.default.fileExists(atPath: activator.path(of: bench.group)))
      // Nobody hears requests now; the balancer says so at once.
      #expect(try await bench.get("/").status == 503)
      let next = SocketActivator(folder: "\(bench.root)/wake")
      try await next.keep([bench.group: Self.door([member])])
      #expect(try await bench.get("/") == .init(status: 200, body: "web-1"))
      await next.end()
    }
  }

  @Test func aMemberThatRefusesIsTriedAgainAndNothingIsLost() async throws {
    try await withSleepingGroup { bench, activator in
      let dead = try await bench.member(1)
      await dead.kill()
      let client = try await RawClient("/", at: bench.frontend.listen)
      try await eventually("it waits") { try await held(activator, bench) == 1 }
      try await activator.keep([bench.group: Self.door([dead])])
      try await eventually("it still waits") { try await held(activator, bench) == 1 }
      let member = try await bench.member(2)
      try await activator.keep([bench.group: Self.door([dead, member])])
      #expect(try await client.heard().hasSuffix("web-2"))
      #expect(await activator.wakes(of: bench.group)?.lost == 0)
    }
  }

  @Test func aMemberThatRefusesKeepsNobodyFromTheNextOne() async throws {
    try await withSleepingGroup { bench, activator in
      let (dead, member) = (try await bench.member(1), try await bench.member(2))
      await dead.kill()
      try await activator.keep([bench.group: Self.door([dead, member])])
      #expect(try await bench.get("/") == .init(status: 200, body: "web-2"))
      #expect(await activator.wakes(of: bench.group)?.lost == 0)
    }
  }

  @Test func bytesGoBothWaysAndAHalfClosedClientHearsItsAnswer() async throws {
    try await Bench.use { bench in
      let activator = SocketActivator(folder: "\(bench.root)/wake")
      try await activator.keep([bench.group: Self.door(speaksHTTP: false)])
      let address = try SocketAddress(unixDomainSocketPath: activator.path(of: bench.group))
      let client = try await RawClient("GET /half HTTP/1.1\r\n", to: address)
      try await client.say("Host: web\r\n\r\n")
      try await client.sayNoMore()
      try await eventually("it waits") { try await held(activator, bench) == 1 }
      let member = try await bench.member(1)
      try await activator.keep([bench.group: Self.door([member])])
      #expect(try await client.heard().hasSuffix("web-1"))
      // Turned away, somebody who speaks no HTTP hears nothing.
      try await activator.keep([bench.group: Self.door(refusal: "no", speaksHTTP: false)])
      #expect(try await RawClient("hello", to: address).heard() == "")
      await activator.end()
    }
  }

  @Test func aSocketThatWasRemovedIsMadeAgain() async throws {
    try await withSleepingGroup { bench, activator in
      unlink(activator.path(of: bench.group))
      #expect(try await bench.get("/").status == 503)
      let member = try await bench.member(1)
      try await activator.keep([bench.group: Self.door([member])])
      #expect(try await bench.get("/").status == 200)
      try await activator.keep([:])
      #expect(!FileManager.default.fileExists(atPath: activator.path(of: bench.group)))
      #expect(await activator.wakes(of: bench.group) == nil)
    }
  }
}
