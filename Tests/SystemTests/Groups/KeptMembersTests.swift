import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct KeptMembers {
    /// Scaled in, a member is stopped and says why; the group grows by the same one again.
    @Test func aPersistentMemberReturnsWithItsNameDiskAndAddress() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --disk persistent "
            + "--min 2 --max 2")
        for name in ["web-1", "web-2"] {
          #expect(try await daemon.note(of: name, write: "note-of-\(name)").status == 200)
        }
        let before = try await daemon.guest("web-2")

        try await daemon.does("group set web --min 1")
        try await daemon.does("group scale web 1")
        try await daemon.eventually("web-2 is kept") {
          try await daemon.guest("web-2").state == "stopped"
        }
        let kept = try await daemon.guest("web-2")
        #expect(
          kept.reason == "scaled in; its disk is kept, and it starts again when its group grows")
        #expect(try await daemon.does("info web-2").contains("its disk is kept"))
        #expect(kept.group == "web" && kept.uuid == before.uuid)
        #expect(daemon.machines.count == 1)
        let group = try await daemon.group("web")
        #expect(group.serving == 1 && group.settled)
        #expect(try await Page.get("/cgi-bin/who", at: daemon.listen)["hostname"] == "web-1")

        // It is not in the way of what is done to disks while it is off.
        try await daemon.does("snapshot create web-2 before-its-return")
        try await daemon.does("group set web --min 2")
        try await daemon.eventually("web-2 serves again") {
          try await daemon.guest("web-2").state == "serving"
        }
        let after = try await daemon.guest("web-2")
        #expect(after.uuid == before.uuid && after.address == before.address)
        #expect(after.ports == before.ports && after.reason == nil)
        for name in ["web-1", "web-2"] {
          #expect(try await daemon.note(of: name).body == "note-of-\(name)\n")
        }
        let all = try await daemon.client.get(Routes.guests, as: ListView<GuestView>.self).items
        #expect(all.map(\.name) == ["web-1", "web-2"])
        #expect(
          Set(
            try await (0..<6).asyncMap { _ in
              try await Page.get("/cgi-bin/who", at: daemon.listen)["hostname"]
            }) == ["web-1", "web-2"])
        // Only the whole group takes the disks with it.
        #expect(try await daemon.does("group delete web --dry-run").contains("web-2"))
      }
    }
  }
}
