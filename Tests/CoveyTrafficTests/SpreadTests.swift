import AsyncHTTPClient
import Covey
import CoveyEngine
import Support
import Testing

@testable import CoveyTraffic

/// Why there is a balancer where DNS would do: requests of unequal cost.
@Suite(.timeLimit(.minutes(1))) struct SpreadTests {
  /// Every fourth request is a long one, and there are four members: in turns, one member gets all long ones.
  private static let (members, requests) = (4, 28)

  @Test func leastConnectionsSpreadUnequalRequestsEvenlyAndDNSDoesNot() async throws {
    let balanced = try await outstanding { bench, members in
      try await bench.balancer.open(bench.listener)
      for member in members { try await bench.balancer.enter(member.balanced, in: bench.frontend) }
      return { bench.frontend.listen }
    }
    #expect(balanced.sorted() == [1, 2, 2, 2])

    try await NameBench.use { names in
      let resolved = try await outstanding { _, members in
        let addresses = [try Name("web"): members.map(\.endpoint.address)]
        try await names.server.publish(Zone(domain: names.domain, addresses: addresses))
        let endpoints = members.map(\.endpoint)
        return {
          // What clients do: they turn to the first address that they are told.
          let first = try #require(try names.ask("web.covey").addresses.first)
          return try #require(endpoints.first { $0.address == first })
        }
      }
      #expect(resolved.reduce(0, +) == 7)
      #expect(resolved.max() == 7, "all long ones met at one member: \(resolved)")
    }
  }

  /// Sends the requests one after another, the long ones without waiting for their answer.
  ///
  /// - Returns: how many long ones each member has at the end.
  private func outstanding(
    _ way: (Bench, [StandInMember]) async throws -> () throws -> Endpoint
  ) async throws -> [Int] {
    var found: [Int] = []
    try await Bench.use { bench in
      var members: [StandInMember] = []
      for number in 1...Self.members { members.append(try await bench.member(number)) }
      let next = try await way(bench, members)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<Self.requests {
          let endpoint = try next()
          guard number % Self.members == 0 else {
            #expect(try await bench.get("/", at: endpoint).status == 200)
            continue
          }
          let before = members.map(\.heldRequests).reduce(0, +)
          group.addTask { _ = try await bench.get("/slow", at: endpoint) }
          try await eventually("the long request arrives") {
            members.map(\.heldRequests).reduce(0, +) == before + 1
          }
        }
        found = members.map(\.heldRequests)
        for member in members { member.release() }
        try await group.waitForAll()
      }
      for member in members { #expect(member.served("/") > 0 || found.max() == 7) }
    }
    return found
  }
}
