import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Templates {
    @Test func aTemplateIsListedShownAndDeleted() async throws {
      try await Daemon.use { daemon in
        let list = try await daemon.shows("template list", as: ListView<TemplateView>.self)
        #expect(list.schemaVersion == 1)
        #expect(list.items.map(\.name) == ["tiny-web"])
        let info = try await daemon.shows("template info tiny-web", as: TemplateView.self)
        #expect(info.digest == list.items.first?.digest)
        #expect(info.health?.port == 80)
        #expect(info.files?.map(\.role).sorted() == ["disk", "initrd", "kernel"])
        for file in daemon.files(below: "templates") {
          let path = "\(daemon.state)/\(file)"
          let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
          let bits = try #require(mode as? Int)
          #expect(bits & 0o222 == 0 || file.split(separator: "/").count == 2, "\(file) is sealed")
        }

        try await daemon.does("template delete tiny-web")
        #expect(try await daemon.does("template list -q") == "")
        #expect(daemon.files(below: "templates") == [])
      }
    }

    @Test func theSameFolderBuildsTheSameTemplate() async throws {
      try await Daemon.use { daemon in
        let before = try await daemon.shows("template info tiny-web", as: TemplateView.self)
        try await daemon.does("template delete tiny-web")
        let build = try await daemon.shows(
          "template build \(Binaries.tinyWeb)", as: OperationView.self)
        #expect(build.status == "done")
        #expect(build.subject == "template tiny-web")
        let after = try await daemon.shows("template info tiny-web", as: TemplateView.self)
        #expect(after.digest == before.digest)
        #expect(after.files == before.files)
      }
    }

    @Test func aTemplateThatAGuestOrAGroupStandsOnStays() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web")
        let guest = try await daemon.refuses("template delete tiny-web", "in-use", status: 1)
        #expect(guest.message.contains("guest one"))
        try await daemon.does("delete one --force")

        try await daemon.does(
          "group create web --template tiny-web --listen \(daemon.listen) --no-wait")
        let group = try await daemon.covey("template delete tiny-web --format json")
        #expect(try group.error().code == "in-use")
        #expect(try group.error().message.contains("group web"))
        try await daemon.does("group delete web")
        try await daemon.does("template delete tiny-web")
      }
    }

    @Test func anAlteredImageLaunchesNothing() async throws {
      try await Daemon.use { daemon in
        let digest = try await daemon.shows("template info tiny-web", as: TemplateView.self).digest
        try flipAByte(of: "\(daemon.state)/templates/\(digest)/disk.qcow2")
        let error = try await daemon.refuses(
          "launch one --template tiny-web", "altered", status: 1)
        #expect(error.message.contains("disk.qcow2"))
        #expect(error.hint.contains("covey template build"))
        #expect(daemon.files(below: "guests") == [])
      }
    }

    @Test func anImageAlteredAfterALaunchIsFoundAtTheNextStart() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web")
        try await daemon.does("stop one")
        let digest = try await daemon.guest("one").templateDigest
        try flipAByte(of: "\(daemon.state)/templates/\(digest)/disk.qcow2")
        let said = try await daemon.covey("start one --format json")
        #expect(said.status == 1)
        #expect(try said.error().code == "altered")
        #expect(daemon.machines == [])
        try await daemon.does("delete one --force")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    private func flipAByte(of path: String) throws {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let file = try FileHandle(forUpdating: URL(filePath: path))
      defer { file.closeFile() }
      let place = try file.seekToEnd() / 2
      try file.seek(toOffset: place)
      let byte = try #require(try file.read(upToCount: 1)?.first)
      try file.seek(toOffset: place)
      try file.write(contentsOf: [byte ^ 0x55])
    }
  }
}
