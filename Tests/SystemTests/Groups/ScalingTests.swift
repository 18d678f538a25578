import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Scaling {
    @Test func aGroupGrowsUnderLoadAndShrinksAfterIt() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("group create web --listen \(daemon.listen) \(eager) --max 3")
        #expect(try await daemon.group("web").serving == 1)

        // More than members, so that none of them rests.
        let load = try await Load.on(daemon.listen, connections: 4, of: daemon) {
          try await daemon.eventually("three serve") {
            let group = try await daemon.group("web")
            #expect(group.size <= 3)
            #expect(daemon.machines.count <= 3)
            return group.serving == 3
          }
          try await daemon.eventually("each has served") {
            try await daemon.members(of: "web").allSatisfy { $0.firstServedAt != nil }
          }
          try await expectTheMaximumToHold(daemon)
        }
        try await daemon.settles("web", at: 1)

        load.expectNoFailure()
        let group = try await daemon.group("web")
        #expect(group.traffic?.failures == 0)
        #expect((group.traffic?.requests ?? 0) >= load.requests)
        #expect(daemon.machines.count == 1)
        let rounds = try await daemon.rounds(of: "web")
        #expect(rounds.allSatisfy { $0.size <= 3 && $0.desired <= 3 })
        let moves = rounds.filter { $0.move != "stay" }.reversed()
        #expect(moves.map(\.move) == ["grow", "grow", "shrink", "shrink"])
        #expect(Set(moves.map(\.rule)) == ["above-threshold", "below-threshold"])
        let explained = try await daemon.does("group explain web --limit 1000")
        for rule in ["above-threshold", "at-max", "below-threshold"] {
          #expect(explained.contains(rule), "\(explained)")
        }
      }
    }

    /// A load that does not end: the group wants more, and stays.
    private func expectTheMaximumToHold(_ daemon: Daemon) async throws {
      try await daemon.eventually("the group has wanted to grow over its maximum for long") {
        let group = try await daemon.group("web")
        #expect(group.size <= 3)
        #expect(daemon.machines.count <= 3)
        return try await daemon.rounds(of: "web").filter { $0.rule == "at-max" }.count >= 5
      }
    }

    @Test func aPausedGroupKeepsItsSizeWhateverTheLoad() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("group create web --listen \(daemon.listen) \(eager) --max 2")
        try await daemon.does("group pause web")
        #expect(try await daemon.group("web").state == "paused")
        let load = try await Load.on(daemon.listen, of: daemon) {
          try await daemon.eventually("the load was over the threshold for long") {
            #expect(try await daemon.group("web").size == 1)
            let hot = try await daemon.rounds(of: "web").filter {
              $0.rule == "paused" && ($0.meanCPU ?? 0) > 40
            }
            return hot.count >= 8
          }
          try await daemon.does("group resume web")
          try await daemon.eventually("two serve") { try await daemon.group("web").serving == 2 }
        }
        load.expectNoFailure()
        try await daemon.settles("web", at: 1)
      }
    }

    @Test func fieldsChangeWhileTheGroupServes() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("group create web --listen \(daemon.listen) \(eager) --max 2")
        let full = try await daemon.refuses("group scale web 3", "limit", status: 1)
        #expect(full.hint.contains("--max"))

        let fields = "--max 3 --cpu-above 90 --cpu-below 0 --for 2s --cooldown 3s --interval 500ms"
        let group = try await daemon.shows("group set web \(fields)", as: GroupView.self)
        #expect(group.max == 3)
        #expect(group.cpuAbove == 90)
        #expect(group.for == "2s")
        #expect(group.interval == "500ms")
        try await daemon.does("group scale web 2")
        #expect(try await daemon.group("web").serving == 2)
        let names = try await daemon.members(of: "web").map(\.name)
        let answers = try await (0..<6).asyncMap { _ in
          try await Page.get("/cgi-bin/who", at: daemon.listen)["hostname"]
        }
        #expect(Set(answers) == Set(names), "both get requests")

        // Under the new maximum the size follows.
        try await daemon.does("group set web --max 1")
        try await daemon.settles("web", at: 1)

        // A listener that moves keeps its members.
        let other = daemon.listen.dropLast() + "1"
        try await daemon.does("group set web --listen \(other)")
        #expect(try await Page.get("/", at: String(other)).status == 200)
        await #expect(throws: (any Error).self) { try await Page.get("/", at: daemon.listen) }
      }
    }
  }
}

/// A policy that reacts within seconds to what a small load does to an emulated guest. A connection for each of
/// three guests keeps them above 40 % on two processors; on a slow host, one that only answers its checks takes 15 %.
let eager = "--template tiny-web --min 1 --cpu-above 40 --cpu-below 18 --for 1s --cooldown 1s"

extension Sequence where Element: Sendable {
  func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
