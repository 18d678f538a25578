import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Updates {
    /// Under load, by forks, with a daemon that is killed in the middle: no request fails. Then a version that never answers,
    /// which goes away by itself.
    @Test func anUpdateUnderLoadLosesNoRequestAndABadVersionIsRolledBack() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --min 2 --max 2")
        let old = try await version(daemon)
        try await build(daemon, "second") { $0 }
        try await daemon.does("template warm tiny-web")
        let new = try await version(daemon)
        #expect(new != old)
        let plan = try await daemon.does("group update web --dry-run")
        #expect(plan.contains("would replace 2 members of web"), "\(plan)")

        let load = try await Load.on(daemon.listen, of: daemon) {
          try await daemon.does("group update web --bake 3s --no-wait")
          try await daemon.eventually("the first one is watched") {
            let group = try await daemon.group("web")
            expectBounds(group)
            return group.rollout?.phase == "baking"
          }
          try await daemon.kill9()
          try await daemon.start()
          try await daemon.eventually("the update is done") {
            let group = try await daemon.group("web")
            expectBounds(group)
            return group.rollout?.phase == "done"
          }
        }
        load.expectNoFailure()
        try await daemon.settles("web", at: 2)
        let group = try await daemon.group("web")
        #expect(group.version == new)
        #expect((group.members ?? []).map(\.version) == [new, new])
        #expect((group.members ?? []).map(\.start) == ["fork", "fork"])
        #expect(try await Page.get("/second", at: daemon.listen).status == 200)
        try await expectRollback(daemon, from: new)
      }
    }

    private func expectRollback(_ daemon: Daemon, from version: String) async throws {
      let before = try await daemon.shows("list --group web", as: ListView<GuestView>.self).items
      try await build(daemon, "third") { yaml in
        yaml.replacing("  path: /\n  within: 60s", with: "  path: /nowhere\n  within: 10s")
      }
      let said = try await daemon.covey("group update web --bake 3s --timeout 300s --format json")
      #expect(said.status == 1, "\(said.err)")
      let error = try said.error()
      #expect(error.code == "conflict")
      #expect(error.message.contains("the old version serves again"), "\(error)")
      #expect(error.message.contains("/nowhere"), "\(error)")
      let after = try await daemon.shows("list --group web", as: ListView<GuestView>.self).items
      #expect(after.map(\.uuid) == before.map(\.uuid))
      let group = try await daemon.group("web")
      #expect(group.version == version)
      #expect(group.rollout?.phase == "rolled-back")
      #expect(group.settled)
      let again = try await daemon.does("group update web --to \(version.prefix(12)) --dry-run")
      #expect(again.contains("would do nothing"), "\(again)")
    }

    @Test func aMemberThatDrainsIsTakenBackWhenItIsNeededAgain() async throws {
      try await Daemon.use { daemon in
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --min 2 --max 2 "
            + "--drain-within 100s")
        let machines = daemon.machines
        // Requests that are never sent to their end, until each member has one: a member that says that it has much to do is
        // given fewer.
        var clients: [Child] = []
        try await daemon.eventually("both are at work") {
          let idle = try await daemon.members(of: "web").contains { ($0.sessions ?? 0) == 0 }
          if idle, clients.count < 20 { clients.append(try client(daemon, clients.count)) }
          return !idle
        }
        try await daemon.does("group set web --min 1")
        try await daemon.does("group scale web 1 --no-wait")
        try await daemon.eventually("one drains") {
          try await daemon.members(of: "web").contains { $0.state == "draining" }
        }
        try await daemon.does("group scale web 2")
        for client in clients {
          client.send(SIGKILL)
          await client.end()
        }
        #expect(daemon.machines == machines, "nothing was ended, nothing was started")
        #expect(try await daemon.group("web").serving == 2)
        let events = try await daemon.client.get(
          Routes.events, ["after": "0", "limit": "1000"], as: ListView<EventView>.self)
        #expect(events.items.contains { $0.kind == "operationCalledOff" })
        #expect(events.items.contains { $0.message.hasPrefix("undrain done") })
        let explained = try await daemon.does("group explain web --limit 1000")
        #expect(explained.contains("goes: "), "\(explained)")
      }
    }

    private func client(_ daemon: Daemon, _ number: Int) throws -> Child {
      let place = daemon.listen.replacing(":", with: "/")
      let request = "POST /cgi-bin/who HTTP/1.1\\r\\nHost: web\\r\\nContent-Length: 9\\r\\n\\r\\n"
      let script = "exec 3<>/dev/tcp/\(place); printf '\(request)' >&3; exec sleep 90"
      return try Child("/bin/bash", ["-c", script], log: "\(daemon.state)/client-\(number).log")
    }

    private func expectBounds(_ group: GroupView) {
      #expect(group.size <= 3)
      #expect(group.serving >= 2)
    }

    /// The newest version's digest.
    private func version(_ daemon: Daemon) async throws -> String {
      try await daemon.shows("template info tiny-web", as: TemplateView.self).digest
    }

    /// A further version of the template, with a page of its own.
    private func build(_ daemon: Daemon, _ page: String, _ change: (String) -> String) async throws
    {
      let folder = "\(daemon.state)/\(page)"
      try FileManager.default.copyItem(atPath: Binaries.tinyWeb, toPath: folder)
      try Data(page.utf8).write(to: URL(filePath: "\(folder)/root/www/\(page)"))
      let file = "\(folder)/template.yaml"
      let yaml = change(try String(contentsOfFile: file, encoding: .utf8))
      try Data(yaml.utf8).write(to: URL(filePath: file))
      try await daemon.does("template build \(folder)")
    }
  }
}
