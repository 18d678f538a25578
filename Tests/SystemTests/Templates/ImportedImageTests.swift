import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// Images that boot by themselves, as distributions' cloud images do.
  @Suite struct ImportedImages {
    private static let health = "--port 80 --health-port 80 --memory 256MiB"

    /// A small image in a file of a format; the guest is tiny-web, which asks DHCP here.
    private func small(_ daemon: Daemon, as format: String) async throws -> String {
      let raw = "\(daemon.state)/small.img"
      if !FileManager.default.fileExists(atPath: raw) {
        try await BootableImage(sealed: daemon.sealed("tiny-web")).make(at: raw)
      }
      guard format != "raw" else { return raw }
      let path = "\(daemon.state)/small.\(format)"
      try await BootableImage.run(
        "qemu-img", ["convert", "-f", "raw", "-O", format, raw, path])
      return path
    }

    @Test func anImageStartsByBIOSAndItsDiskGoesBack() async throws {
      try await Daemon.use { daemon in
        let image = try await small(daemon, as: "vmdk")
        try await daemon.does("template import \(image) --name cloud \(Self.health)")
        try await daemon.does("launch one --template cloud")
        #expect(try await daemon.page("/cgi-bin/who", of: "one")["address"] == "10.0.2.15")
        #expect(try await daemon.note(of: "one", write: "first").status == 200)
        try await daemon.does("snapshot create one before")
        #expect(try await daemon.note(of: "one", write: "second").status == 200)
        try await daemon.does("stop one")
        #expect(try await daemon.does("logs one").contains("tiny-web: powering off"))
        try await daemon.does("snapshot restore one before --discard --start")
        #expect(try await daemon.note(of: "one").body == "first\n")
        try await daemon.does("delete one --force")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    @Test func anImageStartsByUEFIAndItsFirmwareGoesBackWithItsDisk() async throws {
      try await Daemon.use { daemon in
        let image = try await small(daemon, as: "raw")
        try await daemon.does(
          "template import \(image) --image-format raw --name cloud --firmware uefi \(Self.health)")
        try await daemon.does("launch one --template cloud")
        let before = try daemon.digests(below: "guests/one")["guests/one/nvram.fd"]
        #expect(try await daemon.does("logs one").contains("BdsDxe: starting"))

        try await daemon.does("snapshot create one before")
        #expect(try daemon.digests(below: "guests/one")["guests/one/nvram.1.fd"] == before)
        try await daemon.does("stop one")
        try change("\(daemon.state)/guests/one/nvram.fd")
        let changed = try daemon.digests(below: "guests/one")["guests/one/nvram.fd"]
        try await daemon.does("snapshot restore one before")
        let after = try daemon.digests(below: "guests/one")
        #expect(after["guests/one/nvram.2.fd"] == before, "it goes on with a copy")
        #expect(after["guests/one/nvram.fd"] == changed, "what it had is left-1's")

        try await daemon.does("snapshot delete one left-1")
        try await daemon.does("snapshot delete one before")
        let files = daemon.files(below: "guests/one").filter { $0.contains("nvram") }
        #expect(files == ["guests/one/nvram.2.fd"])
        try await daemon.does("start one")
        #expect(try await daemon.page("/name", of: "one").status == 200)
        try await movesAndReturns(daemon)
        try await daemon.does("delete one --force")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    /// QEMU keeps what the firmware remembers open, and that stays.
    private func movesAndReturns(_ daemon: Daemon) async throws {
      let kept = daemon.files(below: "guests/one").filter { !$0.contains("disk") }
      #expect(kept.contains { $0.contains("nvram") })
      for place in [try daemon.folder("fast"), "default"] {
        try await daemon.does("disk move one --to \(place)")
        #expect(try await daemon.newestOperation().result?.remark == nil)
        let disks = daemon.files(below: "guests/one").filter { $0.contains("qcow2") }
        #expect(disks.isEmpty == (place != "default"), "\(place)")
        #expect(kept.allSatisfy(daemon.files(below: "guests/one").contains))
      }
    }

    private func change(_ path: String) throws {
      let file = try FileHandle(forUpdating: URL(filePath: path))
      defer { file.closeFile() }
      try file.seekToEnd()
      try file.seek(toOffset: file.offset() - 1)
      try file.write(contentsOf: [0x55])
    }

    @Test func anImageWithoutASystemSaysSoOnlyWhereSomethingIsAsked() async throws {
      try await Daemon.use { daemon in
        let blank = "\(daemon.state)/blank.img"
        try await BootableImage.run("truncate", ["--size", "16M", blank])
        let image = "template import \(blank) --image-format raw --name blank --memory 128MiB"
        try await daemon.does("\(image) --port 80 --health-port 80 --ready-within 15s")
        let error = try await daemon.refuses("launch one --template blank", "deadline", status: 75)
        #expect(error.message.contains("No bootable device"))
        #expect(error.hint.contains("--firmware uefi"))

        try await daemon.does("\(image) --port 80")
        let said = try await daemon.does("launch one --template blank")
        #expect(said.contains("no health check"))
        #expect(try await daemon.guest("one").state == "running")
        let versions = try await daemon.shows("template list", as: ListView<TemplateView>.self)
        #expect(
          versions.items.filter { $0.name == "blank" }.map(\.isNewest).sorted { $0 && !$1 }
            == [true, false])
      }
    }

    @Test func cloudInitHearsWhoItsGuestIs() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template build \(Debian.folder)")
        try await CloudInitProof.run(with: daemon)
      }
    }

    @Test func whatCannotBeAnImageIsRefused() async throws {
      try await Daemon.use { daemon in
        let long = "\(daemon.state)/long"
        try String(repeating: "#", count: 70_000).write(
          toFile: long, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
          atPath: "\(daemon.state)/link", withDestinationPath: long)
        let line = "template import \(daemon.state)"
        try await daemon.refuses("\(line)/link --name cloud", "invalid", status: 64)
        try await daemon.refuses("\(line)/long --name cloud", "invalid", status: 64)
        let error = try await daemon.refuses(
          "\(line)/long --name cloud --user-data \(long)", "invalid", status: 64)
        #expect(error.message.contains("user-data"))
      }
    }
  }
}

extension Daemon {
  /// The folder in which the newest version of a template lies.
  func sealed(_ template: String) async throws -> String {
    let item = try await shows("template info \(template)", as: TemplateView.self)
    return "\(state)/templates/\(item.digest)"
  }
}
