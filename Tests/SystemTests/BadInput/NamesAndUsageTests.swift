import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct NamesAndUsage {
    @Test func aDaemonThatDoesNotRunIsSaidToBeUnreachable() async throws {
      try await Daemon.unstarted { daemon in
        let said = try await daemon.covey("list --format json")
        #expect(said.status == 69)
        let error = try said.error()
        #expect(error.code == "unreachable")
        #expect(error.subject == daemon.client.socket)
        #expect(error.hint.contains("coveyd"))
        let words = try await daemon.covey("launch one --template tiny-web")
        #expect(words.status == 69)
        #expect(words.err.hasPrefix("covey: no daemon answers on \(daemon.client.socket)"))
      }
    }

    @Test(arguments: [
      "list --format xml", "launch", "launch one", "fly one", "group create web",
      "group set web", "launch one --template tiny-web --disk floppy", "wait one --for nirvana",
      "group scale web many",
    ])
    func wrongUsageEndsWith64(line: String) async throws {
      try await Daemon.unstarted { daemon in
        let said = try await daemon.covey(line)
        #expect(said.status == 64, "covey \(line): \(said.err)")
        #expect(said.out == "")
        #expect(!said.err.isEmpty)
      }
    }

    @Test func wrongUsageIsAnErrorObjectInJSON() async throws {
      try await Daemon.use { daemon in
        let error = try await daemon.refuses("launch one", "invalid", status: 64)
        #expect(error.message.contains("--template"))
      }
    }

    @Test func malformedNamesAreRefusedEverywhere() async throws {
      try await Daemon.use { daemon in
        let long = String(repeating: "a", count: 64)
        for name in ["One", "1st", "a_b", "a.b", "end-", "../etc", long] {
          for line in [
            "launch \(name) --template tiny-web", "info \(name)", "delete \(name) --force",
            "launch one --template \(name)", "template info \(name)", "group info \(name)",
            "group create \(name) --template tiny-web --listen \(daemon.listen)",
          ] {
            let error = try await daemon.refuses(line, "invalid", status: 64)
            #expect(error.message.contains("is not a name"), "covey \(line): \(error)")
          }
        }
      }
    }

    @Test func unknownNamesComeWithTheNearest() async throws {
      try await Daemon.use { daemon in
        let template = try await daemon.refuses(
          "launch one --template tiny-wep", "not-found", status: 1)
        #expect(template.hint.contains("did you mean \"tiny-web\"?"))
        #expect(template.subject == "template tiny-wep")
        for line in ["info one", "start one", "stop one", "delete one --force", "logs one"] {
          let guest = try await daemon.refuses(line, "not-found", status: 1)
          #expect(guest.hint.contains("covey list"), "covey \(line): \(guest)")
        }
        for line in ["info web", "scale web 2", "pause web", "delete web", "explain web"] {
          let group = try await daemon.refuses("group \(line)", "not-found", status: 1)
          #expect(group.hint.contains("covey group list"), "covey group \(line): \(group)")
        }

        try await daemon.does("launch web-server --template tiny-web --no-wait")
        let near = try await daemon.covey("info web-sever --format json")
        #expect(try near.error().hint.contains("did you mean \"web-server\"?"))
        let twice = try await daemon.covey("launch web-server --template tiny-web --format json")
        #expect(twice.status == 1)
        #expect(try twice.error().code == "exists")
        try await daemon.does("delete web-server --force")
      }
    }

    @Test(arguments: [
      ("--cpus 0", "cpus"), ("--cpus 65", "cpus"), ("--memory 1MiB", "memory"),
      ("--memory lots", "size"),
    ])
    func machinesOutOfRangeAreRefused(options: String, word: String) async throws {
      try await Daemon.use { daemon in
        let error = try await daemon.refuses(
          "launch one --template tiny-web \(options)", "invalid", status: 64)
        #expect("\(error.subject) \(error.message)".contains(word), "\(error)")
      }
    }
  }
}
