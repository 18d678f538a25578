import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Versions {
    @Test func aPreparedGuestBecomesAVersionThatOthersStandOnAndAreRebasedOnto() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        #expect(try await daemon.note(of: "one", write: "prepared").status == 200)
        let old = try await daemon.shows("template info checker", as: TemplateView.self)
        #expect(old.guests == ["one"] && old.isNewest)

        let running = try await daemon.refuses(
          "template create checker --from one", "conflict", status: 1)
        #expect(running.hint.contains("--snapshot"))
        let before = try await guest.history()
        try await daemon.does("snapshot create one ready")
        let sealed = try await daemon.shows(
          "template create checker --from one --snapshot ready", as: OperationView.self)
        let new = try await daemon.shows("template info checker", as: TemplateView.self)
        #expect(new.digest == sealed.result?.digest && new.digest != old.digest)
        #expect(new.base == old.digest)
        #expect(try await lineage(daemon) == [old.digest: ["one"], new.digest: []])
        try await daemon.does("template lint checker")

        try await daemon.does("launch two --template checker")
        #expect(try await daemon.note(of: "two").body == "prepared\n")
        #expect(try await daemon.history(of: "two").continues(before))
        #expect(try await lineage(daemon) == [old.digest: ["one"], new.digest: ["two"]])

        try await rebase(guest, onto: new.digest)
        #expect(try await lineage(daemon) == [old.digest: [], new.digest: ["one", "two"]])
        try await flatten(guest)
        try await grow(daemon)
      }
    }

    /// Guests by the version that they stand on.
    private func lineage(_ daemon: Daemon) async throws -> [String: [String]] {
      let list = try await daemon.shows("template list", as: ListView<TemplateView>.self)
      return Dictionary(
        uniqueKeysWithValues: list.items.filter { $0.name == "checker" }
          .map { ($0.digest, $0.guests.sorted()) })
    }

    private func rebase(_ guest: CheckerGuest, onto version: String) async throws {
      let daemon = guest.daemon
      try await daemon.refuses("disk rebase one", "conflict", status: 1)
      let last = try await daemon.pauseChecker(of: "one")
      try await daemon.does("stop one")
      try await daemon.refuses("disk rebase one --version ffffffff", "not-found", status: 1)
      try await daemon.does("disk rebase one")
      #expect(try await guest.disk().templateDigest == version)
      try await guest.expectExact(last)
      #expect(try await daemon.does("disk rebase one").contains("already"))
    }

    private func flatten(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let before = try await CheckerImage(path: guest.active()).state()
      try await daemon.does("disk flatten one")
      #expect(try await CheckerImage(path: guest.active()).state() == before)
      let root = try #require(try await guest.disk().layers?.last?.file)
      let child = try Child(
        "/usr/bin/qemu-img", ["info", "-f", "qcow2", root], log: "\(daemon.state)/info.log")
      await child.end()
      #expect(!child.output.contains("backing file"), "\(child.output)")
      #expect(try await daemon.does("disk flatten one").contains("flat already"))
      try await guest.expectNothingLeftOver(checksImages: true)
      try await daemon.does("start one")
      #expect(try await daemon.note(of: "one").body == "prepared\n")
    }

    @Test func aSnapshotSaysWhatTheAgentReached() async throws {
      try await CheckerGuest.use { guest in try await freeze(guest) }
    }

    /// A snapshot says what was reached, and an agent that does not answer holds up nothing for good.
    private func freeze(_ guest: CheckerGuest) async throws {
      let agent = FakeAgent(daemon: guest.daemon, guest: "one")
      try await agent.start()
      for (mood, consistency) in [
        (FakeAgent.Mood.awake, "file-system"), (.mute, "crash"), (.late, "crash"),
      ] {
        try await agent.be(mood)
        let before = try await guest.history()
        let taken = try await guest.daemon.shows(
          "snapshot create one \(mood.rawValue)", as: SnapshotView.self)
        #expect(taken.consistency == consistency, "\(mood)")
        let after = try await guest.history()
        try await guest.goesOn(after: before)
        try await guest.expect(mood.rawValue, between: before, and: after)
        if mood == .mute { continue }
        // What it froze, however late, it was told to thaw.
        try await guest.daemon.eventually("it is told to thaw") {
          try await agent.told().last == "thaw"
        }
        #expect(try await agent.told().contains("freeze"))
      }
    }

    /// The guest's file system follows its disk: at once while it runs, else at its next start.
    private func grow(_ daemon: Daemon) async throws {
      let small = try await room(of: "two", daemon)
      let shrinking = try await daemon.refuses("disk resize two 32MiB", "invalid", status: 64)
      #expect(shrinking.message.contains("64MiB"))
      try await daemon.does("disk resize two 160MiB")
      let large = try await room(of: "two", daemon)
      #expect(large >= small + 85, "\(small) MiB were free, now \(large)")
      let before = try await daemon.history(of: "two")
      try await daemon.fillChecker(of: "two", mebibytes: small + 40)
      #expect(try await daemon.history(of: "two").continues(before))

      #expect(try await daemon.does("disk resize two 160MiB").contains("already"))
      try await daemon.does("stop two")
      try await daemon.does("disk resize two 224MiB")
      try await daemon.does("start two")
      let larger = try await room(of: "two", daemon)
      #expect(larger >= large + 55, "\(large) MiB were free, now \(larger)")
    }

    /// MiB that `df` shows as free in the guest.
    private func room(of name: String, _ daemon: Daemon) async throws -> Int {
      let page = try await daemon.page("/cgi-bin/bulk?mib=99999", of: name)
      #expect(page.status == 507)
      return try #require(page["room"].flatMap { Int($0) })
    }
  }
}

extension CheckerGuest {
  /// The file that the guest writes to.
  func active() async throws -> String {
    try #require(try await disk().layers?.first { $0.active }?.file)
  }
}
