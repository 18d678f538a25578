import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Debian {
    static let folder = "\(Binaries.tinyWeb)/../debian-web"

    @Test func guestsOfTheDebianTemplateAreThemselves() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template build \(Self.folder)")
        try await daemon.does("launch one --template debian-web --disk ephemeral --no-wait")
        try await daemon.does("launch two --template debian-web --cpus 2")
        try await daemon.does("wait one --for running --timeout 120s")

        let one = try await Debian(daemon, "one")
        let two = try await Debian(daemon, "two")
        #expect(one.workers == 1 && two.workers == 2)
        #expect(one.machine.count == 32 && one.machine != two.machine)
        #expect(one.hostKey.hasPrefix("ssh-ed25519 ") && one.hostKey != two.hostKey)
        #expect(one.random != two.random)

        try await theAgentHoldsFileSystemsStill(daemon)
        try await daemon.does("stop one")
        let log = try await daemon.does("logs one")
        #expect(log.contains("debian-web: powering off") && log.contains("Power down"))
        #expect(daemon.machines.count == 1)
        try await daemon.does("delete one two --force")
        try await forksServeInAGroup(daemon)
      }
    }

    /// The real qemu-guest-agent freezes and thaws the guest's file systems around a snapshot.
    private func theAgentHoldsFileSystemsStill(_ daemon: Daemon) async throws {
      // A busy host may leave the agent too little time, and the snapshot says so.
      try await daemon.eventually("the agent freezes in time") {
        let taken = try await daemon.shows("snapshot create two still", as: SnapshotView.self)
        if taken.consistency == "file-system" { return true }
        #expect(taken.consistency == "crash")
        try await daemon.does("snapshot delete two still")
        return false
      }
      // What is frozen can write nothing: this would never come true.
      try await daemon.eventually("the guest writes") {
        try await daemon.does(
          "console two", typing: "touch /root/thawed && sync && echo it $((6 * 7)) writes\n"
        ).contains("it 42 writes")
      }
      try await daemon.does("snapshot delete two still")
    }

    private func forksServeInAGroup(_ daemon: Daemon) async throws {
      try await daemon.does("template warm debian-web --timeout 300s")
      try await daemon.does(
        "group create web --listen \(daemon.listen) --template debian-web --min 2 --max 3 "
          + "--timeout 120s")
      let members = try await ["web-1", "web-2"].asyncMap { try await daemon.guest($0) }
      #expect(members.map(\.start) == ["fork", "fork"])
      let pages = try await members.asyncMap { try await daemon.page("/who", of: $0.name) }
      #expect(pages.map { $0["hostname"] } == ["web-1", "web-2"])
      #expect(
        pages.map { $0["machine-id"] } == members.map { $0.uuid.replacing("-", with: "") })
      #expect(Set(pages.map { $0["random"] }).count == 2)
      for page in pages {
        let clock = try #require(page["clock"].flatMap(Double.init))
        #expect(abs(clock - Date().timeIntervalSince1970) < 5)
      }
      let keys = try await members.asyncMap { try await Debian.words(daemon, $0.name)[4] }
      #expect(Set(keys).count == 2, "host keys")
      let names = try await (0..<4).asyncMap { _ in
        try await Page.get("/name", at: daemon.listen).body
      }
      #expect(Set(names) == ["web-1\n", "web-2\n"])
      try await daemon.does("group delete web")
    }

    /// What a guest says of itself, by its pages and on its console.
    private struct Debian {
      let machine: String
      let random: String
      let hostKey: String
      let workers: Int

      init(_ daemon: Daemon, _ name: String) async throws {
        #expect(try await daemon.page("/", of: name).body == "hostname: \(name)\n")
        #expect(try await daemon.page("/name", of: name).body == "\(name)\n")
        let who = try await daemon.page("/who", of: name)
        #expect(who["hostname"] == name)
        let guest = try await daemon.guest(name)
        machine = try #require(who["machine-id"])
        #expect(machine == guest.uuid.replacing("-", with: ""))
        random = try #require(who["random"])
        let clock = try #require(who["clock"].flatMap(Double.init))
        #expect(abs(clock - Date().timeIntervalSince1970) < 30)

        let words = try await Self.words(daemon, name)
        workers = try #require(Int(words[1]))
        #expect(words[2] == guest.uuid, "cloud-init knows the instance")
        hostKey = words[3...4].joined(separator: " ")
      }

      /// What the console says of the guest's workers, instance and host key, once cloud-init has come so far.
      static func words(_ daemon: Daemon, _ name: String) async throws -> [Substring] {
        var words: [Substring] = []
        try await daemon.eventually("\(name) tells who it is") {
          let said = try await daemon.does(
            "console \(name)",
            typing: "echo workers $(pgrep -cP $(systemctl show --value -p MainPID debian-web)) "
              + "$(systemctl start ssh; "
              + "cat /var/lib/cloud/data/instance-id /etc/ssh/ssh_host_*_key.pub)\n")
          let line = said.split(whereSeparator: \.isNewline).first { $0.hasPrefix("workers ") }
          words = line?.split(separator: " ") ?? []
          // workers NUMBER INSTANCE ssh-ed25519 KEY COMMENT
          return words.count == 6
        }
        return words
      }
    }
  }
}
