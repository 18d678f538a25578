import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Members {
    @Test func aMemberWhoseMachineIsKilledIsReplaced() async throws {
      try await Daemon.use { daemon in
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --min 2 --max 2")
        let before = try await daemon.shows("list --group web", as: ListView<GuestView>.self).items
        kill(try daemon.machine(of: "web-1"), SIGKILL)
        try await daemon.eventually("the dead member is gone") {
          try await daemon.client.get(Routes.guests, as: ListView<GuestView>.self).items
            .allSatisfy { $0.uuid != before.first?.uuid }
        }
        try await daemon.settles("web", at: 2)
        let after = try await daemon.shows("list --group web", as: ListView<GuestView>.self).items
        #expect(after.contains { $0.uuid == before.last?.uuid }, "the other one was left alone")
        #expect(daemon.machines.count == 2)
        let answers = try await (0..<6).asyncMap { _ in
          try await Page.get("/cgi-bin/who", at: daemon.listen)["hostname"]
        }
        #expect(Set(answers) == ["web-1", "web-2"])
        let events = try await daemon.client.get(
          Routes.events, ["after": "0", "limit": "1000"], as: ListView<EventView>.self)
        #expect(events.items.contains { $0.subject == "guest web-1" && $0.kind == "guestFound" })
      }
    }

    @Test func aMemberIsNotStoppedByHandButReplacedByDelete() async throws {
      try await Daemon.use { daemon in
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --min 1 --max 2")
        let refused = try await daemon.refuses("stop web-1", "conflict", status: 1)
        #expect(refused.message.contains("group \"web\""))
        #expect(refused.hint.contains("covey group scale"))
        let old = try await daemon.guest("web-1").uuid
        try await daemon.does("delete web-1 --force")
        try await daemon.settles("web", at: 1)
        let new = try await daemon.shows("list --group web", as: ListView<GuestView>.self).items
        #expect(new.map(\.uuid) != [old])
        #expect(try await Page.get("/", at: daemon.listen).status == 200)
      }
    }

    @Test func aDeletedGroupLeavesNothing() async throws {
      try await Daemon.use { daemon in
        let before = try await daemon.everything()
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --min 2 --max 3")
        #expect(daemon.balancers.count == 1)
        let plan = try await daemon.does("group delete web --dry-run")
        #expect(plan.contains("web-1, web-2"))
        #expect(try await daemon.group("web").serving == 2)

        try await daemon.does("group delete web")
        #expect(try await daemon.everything() == before)
        #expect(daemon.balancers == [])
        await #expect(throws: (any Error).self) { try await Page.get("/", at: daemon.listen) }
      }
    }

    @Test func aFileMakesAndChangesAGroup() async throws {
      try await Daemon.use { daemon in
        let file = "\(daemon.state)/web.yaml"
        try write("max: 2", to: file, daemon)
        let before = try await daemon.everything()
        let plan = try await daemon.shows("apply -f \(file) --dry-run", as: ApplyView.self)
        #expect(plan.dryRun)
        #expect(plan.changes.map(\.what) == ["created"])
        #expect(try await daemon.everything() == before)

        #expect(try await applied(file, daemon).map(\.what) == ["created"])
        try await daemon.settles("web", at: 1)
        #expect(try await applied(file, daemon).map(\.what) == ["unchanged"])

        try write("max: 3", to: file, daemon)
        let change = try await daemon.shows("apply -f \(file) --dry-run", as: ApplyView.self)
        #expect(change.changes.first?.fields == ["max: 2 -> 3"])
        #expect(try await daemon.group("web").max == 2)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try await daemon.does("apply -f -", typing: text)
        #expect(try await daemon.group("web").max == 3)
      }
    }

    private func applied(_ file: String, _ daemon: Daemon) async throws -> [ApplyView.Change] {
      try await daemon.shows("apply -f \(file)", as: ApplyView.self).changes
    }

    private func write(_ line: String, to file: String, _ daemon: Daemon) throws {
      let text = """
        kind: group
        name: web
        template: tiny-web
        listen: \(daemon.listen)
        \(line)

        """
      try Data(text.utf8).write(to: URL(filePath: file))
    }
  }
}
