import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct TemplateFolders {
    @Test func aFolderThatLacksAFileIsNamedWithIt() async throws {
      try await Daemon.use { daemon in
        let folder = try copy("lacking", of: daemon)
        try FileManager.default.removeItem(atPath: "\(folder)/root")
        let files = try await daemon.refuses("template build \(folder)", "invalid", status: 64)
        let words = "\(folder)/template.yaml: the folder \"root\" is missing"
        #expect(files.message.contains(words), "\(files)")

        try FileManager.default.removeItem(atPath: "\(folder)/template.yaml")
        let manifest = try await daemon.refuses("template build \(folder)", "invalid", status: 64)
        #expect(manifest.message.contains("template.yaml"), "\(manifest)")

        let none = try await daemon.refuses(
          "template build \(daemon.state)/none", "invalid", status: 64)
        #expect(none.message.contains("\(daemon.state)/none"))
      }
    }

    @Test func aWrongKeyOfATemplateIsToldWithItsLineAndTheRightKey() async throws {
      try await Daemon.use { daemon in
        let folder = try copy("misspelt", of: daemon, replacing: "summary:", with: "sumary:")
        let error = try await daemon.refuses("template build \(folder)", "invalid", status: 64)
        let words = "\(error.subject) \(error.message) \(error.hint)"
        #expect(words.contains("template.yaml, line 4"), "\(error)")
        #expect(words.contains("sumary") && words.contains("summary"), "\(error)")
      }
    }

    @Test func aGuestThatNeverAnswersIsTakenBackAtTheDeadline() async throws {
      try await Daemon.use { daemon in
        let folder = try copy("mute", of: daemon, replacing: "path: /", with: "path: /nowhere")
        try Self.rename(folder)
        try await daemon.does("template build \(folder)")
        let error = try await daemon.refuses(
          "launch one --template mute --ready-within 30s", "deadline", status: 75)
        #expect(error.subject == "guest one")
        #expect(error.message.contains("/nowhere did not answer in 30s"), "\(error)")
        #expect(error.message.contains("tiny-web: ready"), "the console's end helps: \(error)")
        #expect(error.hint.contains("--keep-failed"))
        #expect(daemon.machines == [])

        // Asked for, the failed guest stays to be looked at.
        let kept = try await daemon.covey(
          "launch one --template mute --ready-within 8s --keep-failed --format json")
        #expect(kept.status == 75)
        let guest = try await daemon.guest("one")
        #expect(guest.state == "failed")
        #expect(guest.reason?.contains("/nowhere") == true)
        try await daemon.does("delete one --force")
        try await daemon.does("template delete mute")
      }
    }

    @Test func aGroupOfGuestsThatNeverAnswerSlowsDownAndStaysUnderItsMaximum() async throws {
      try await Daemon.use { daemon in
        let create =
          "group create web --template tiny-web --listen \(daemon.listen) --min 2 --max 2"
        let said = try await daemon.covey("\(create) --ready-within 500ms --format json")
        #expect(said.status == 1)
        #expect(try said.error().message.contains("does not settle"), "\(said.err)")
        try await daemon.eventually("three launches have failed") {
          let group = try await daemon.group("web")
          #expect(group.size <= 2)
          #expect(daemon.machines.count <= 2)
          return group.state == "failing" && group.reason?.hasPrefix("3 launches") == true
        }
        #expect(try await Page.get("/", at: daemon.listen).status == 503)

        // The cause is mended while it runs.
        try await daemon.does("group set web --ready-within 60s")
        try await daemon.does("group resume web")
        try await daemon.settles("web", at: 2)
        try await daemon.does("group delete web")
        #expect(daemon.machines == [])
      }
    }

    private func copy(
      _ name: String, of daemon: Daemon, replacing old: String = "", with new: String = ""
    ) throws -> String {
      let folder = "\(daemon.state)/\(name)"
      try FileManager.default.copyItem(atPath: Binaries.tinyWeb, toPath: folder)
      if !old.isEmpty { try Self.edit(folder, old, new) }
      return folder
    }

    private static func rename(_ folder: String) throws {
      try edit(folder, "name: tiny-web", "name: mute")
    }

    private static func edit(_ folder: String, _ old: String, _ new: String) throws {
      let file = "\(folder)/template.yaml"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      guard text.contains(old) else { throw Unexpected("\(file) has no \(old)") }
      try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(filePath: file))
    }
  }
}
