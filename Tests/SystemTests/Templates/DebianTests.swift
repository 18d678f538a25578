import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Debian {
    /// Systems are installed once and kept between runs; covey checks their digests.
    private static let cache = "/var/tmp/covey-tests-\(geteuid())/packages"
    private static let folder = "\(Binaries.tinyWeb)/../debian-web"

    private func useKeptPackages(_ daemon: Daemon) throws {
      let files = FileManager.default
      try files.createDirectory(atPath: Self.cache, withIntermediateDirectories: true)
      try files.removeItem(atPath: "\(daemon.state)/cache")
      try files.createSymbolicLink(
        atPath: "\(daemon.state)/cache", withDestinationPath: Self.cache)
    }

    @Test func guestsOfTheDebianTemplateAreThemselves() async throws {
      try await Daemon.use { daemon in
        try useKeptPackages(daemon)
        try await daemon.does("template build \(Self.folder)")
        try await daemon.does("launch one --template debian-web --disk ephemeral --no-wait")
        try await daemon.does("launch two --template debian-web --disk ephemeral --cpus 2")
        try await daemon.does("wait one --for running --timeout 120s")

        let one = try await Debian(daemon, "one")
        let two = try await Debian(daemon, "two")
        #expect(one.workers == 1 && two.workers == 2)
        #expect(one.machine.count == 32 && one.machine != two.machine)
        #expect(one.hostKey.hasPrefix("ssh-ed25519 ") && one.hostKey != two.hostKey)
        #expect(one.random != two.random)

        try await daemon.does("stop one")
        let log = try await daemon.does("logs one")
        #expect(log.contains("debian-web: powering off") && log.contains("Power down"))
        #expect(daemon.machines.count == 1)
      }
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
      private static func words(_ daemon: Daemon, _ name: String) async throws -> [Substring] {
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
