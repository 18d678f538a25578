import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Sleep {
    @Test func aGroupSleepsAndIsWokenByTheFirstRequestEveryTime() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let fields = "--template tiny-web --min 0 --max 2 --standby 1 --idle 2s --interval 200ms"
        let said = try await daemon.does("group create web --listen \(daemon.listen) \(fields)")
        #expect(said.contains("web is asleep"))
        try await rest(daemon)
        for _ in 1...2 {
          try await wake(daemon, by: "standby")
          try await rest(daemon)
        }

        // Nobody hears requests while the daemon is away; the next one does.
        try await daemon.kill9()
        #expect(try await Page.get("/name", at: daemon.listen).status == 503)
        try await daemon.start()
        try await wake(daemon, by: "standby")
        try await rest(daemon)

        try await daemon.does("group set web --standby 0")
        try await daemon.eventually("nobody is left") { try await daemon.group("web").size == 0 }
        try await wake(daemon, by: "fork")
        #expect(try await daemon.group("web").waking?.lost == 0)
        let explained = try await daemon.does("group explain web --limit 1000")
        for rule in ["woken", "idle", "asleep"] { #expect(explained.contains(rule)) }
        #expect(try await daemon.does("group info web").contains("longest wait"))
      }
    }

    @Test func aBurstAtASleepingGroupIsAnsweredWholly() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let fields = "--template tiny-web --min 0 --max 2 --idle 1m"
        try await daemon.does("group create web --listen \(daemon.listen) \(fields)")
        let pages = try await withThrowingTaskGroup(of: Page.self) { group in
          for _ in 1...40 { group.addTask { try await Page.get("/name", at: daemon.listen) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(pages.map(\.status) == Array(repeating: 200, count: 40))
        let waking = try #require(try await daemon.group("web").waking)
        #expect(waking.held == 0 && waking.lost == 0 && waking.served > 0)

        // Asleep and paused, nobody comes, and the client is told so.
        try await daemon.does("group scale web 0")
        try await daemon.eventually("it sleeps") {
          try await daemon.group("web").state == "asleep"
        }
        try await daemon.does("group pause web")
        let refused = try await Page.get("/name", at: daemon.listen)
        #expect(refused.status == 503 && refused.body.contains("asleep and paused"))
        try await daemon.does("group resume web")
        #expect(try await Page.get("/name", at: daemon.listen).status == 200)
        #expect(try await daemon.stop() == 0)
      }
    }

    private func rest(_ daemon: Daemon) async throws {
      try await daemon.eventually("the group sleeps, with its standby") {
        let group = try await daemon.group("web")
        return group.state == "asleep" && group.waiting == 1 && group.size == 1
      }
    }

    private func wake(_ daemon: Daemon, by start: String) async throws {
      let page = try await Page.get("/name", at: daemon.listen)
      #expect(page.status == 200 && page.body.hasPrefix("web-"))
      let name = page.body.trimmingCharacters(in: .newlines)
      #expect(try await daemon.guest(name).start == start)
    }
  }
}
