import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct GroupFields {
    @Test func boundsAndThresholdsThatCannotWorkAreRefused() async throws {
      try await Daemon.use { daemon in
        for (options, words) in [
          ("--min 3 --max 2", "min 3 is over max 2"),
          ("--max 0", "max is 0"),
          ("--min=-1", "min is -1"),
          ("--max 1001", "max is 1001"),
          ("--cpu-above 30 --cpu-below 40", "is not under the upper one"),
          ("--cpu-above 70 --cpu-below 60", "oscillate"),
          ("--cpu-above 101", "cpu-above"),
          ("--port 81", "does not serve port 81"),
          ("--port 0", "port"),
          ("--surge 11", "surge"),
          ("--interval 1ms", "interval"),
          ("--listen nowhere", "is not ADDRESS:PORT"),
          ("--listen 127.0.0.1:99999", "is not ADDRESS:PORT"),
        ] {
          let listen = options.contains("--listen") ? "" : "--listen \(daemon.listen)"
          let error = try await daemon.refuses(
            "group create web --template tiny-web \(listen) \(options)", "invalid", status: 64)
          #expect("\(error.subject) \(error.message)".contains(words), "\(options): \(error)")
        }
      }
    }

    @Test func aGroupThatServesKeepsItsFieldsWhenNewOnesCannotWork() async throws {
      try await Daemon.use { daemon in
        try await daemon.does(
          "group create web --template tiny-web --min 1 --max 2 --listen \(daemon.listen)")
        for (options, code, status) in [
          ("--min 3", "invalid", 64), ("--max 0", "invalid", 64),
          ("--cpu-below 80", "invalid", 64), ("--cpu-below 40", "invalid", 64),
          ("--listen 192.0.2.1:8080", "invalid", 64), ("--template other", "not-found", 1),
        ] as [(String, String, Int32)] {
          try await daemon.refuses("group set web \(options)", code, status: status)
        }
        let twice = try await daemon.refuses(
          "group create web --template tiny-web --listen \(daemon.listen)", "exists", status: 1)
        #expect(twice.hint.contains("covey group set web"))
        let second = try await daemon.refuses(
          "group create shop --template tiny-web --listen \(daemon.listen)", "in-use", status: 1)
        #expect(second.message.contains("group \"web\""))
        #expect(try await Page.get("/", at: daemon.listen).status == 200)
      }
    }

    @Test func aPortThatAnotherProgramHoldsIsNamedWithIt() async throws {
      try await Daemon.use { daemon in
        let holder = try Listener(daemon.listen)
        let error = try await daemon.refuses(
          "group create web --template tiny-web --listen \(daemon.listen)", "in-use", status: 1)
        #expect(error.message.contains("\(daemon.listen) is already in use"))
        #expect(error.message.contains("process \(getpid())"), "\(error)")
        holder.close()
        // Nothing was left in the way: the same command works as soon as the port is free.
        try await daemon.does(
          "group create web --template tiny-web --listen \(daemon.listen) --no-wait")
        try await daemon.does("group delete web")
      }
    }

    @Test func anAddressOfAnotherHostIsRefused() async throws {
      try await Daemon.use { daemon in
        let error = try await daemon.refuses(
          "group create web --template tiny-web --listen 192.0.2.1:8080", "invalid", status: 64)
        #expect(error.message.contains("192.0.2.1 is not an address of this host"))
      }
    }

    @Test func aWrongKeyInAFileIsToldWithItsLineAndTheRightKey() async throws {
      try await Daemon.use { daemon in
        let file = "\(daemon.state)/web.yaml"
        let text = """
          kind: group
          name: web
          template: tiny-web
          listen: \(daemon.listen)
          cpuAbvoe: 60
          """
        try Data(text.utf8).write(to: URL(filePath: file))
        let error = try await daemon.refuses("apply -f \(file)", "invalid", status: 64)
        let words = "\(error.subject) \(error.message) \(error.hint)"
        #expect(words.contains("\(file), line 5"), "\(error)")
        #expect(words.contains("cpuAbvoe"), "\(error)")
        #expect(words.contains("cpuAbove"), "\(error)")
        try await daemon.refuses("apply -f \(daemon.state)/none.yaml", "invalid", status: 64)
        try await daemon.refuses("apply -f -", "invalid", status: 64, typing: "a: [b\n")
      }
    }

    @Test func oneBadDocumentOfAFileChangesNothingOfTheOthers() async throws {
      try await Daemon.use { daemon in
        let text = """
          kind: group
          name: good
          template: tiny-web
          listen: \(daemon.listen)
          ---
          kind: group
          name: bad
          template: tiny-web
          listen: \(daemon.listen.dropLast())1
          min: 5
          max: 2
          """
        let error = try await daemon.refuses("apply -f -", "invalid", status: 64, typing: text)
        #expect("\(error.subject) \(error.message)".contains("min"), "\(error)")
      }
    }
  }
}
