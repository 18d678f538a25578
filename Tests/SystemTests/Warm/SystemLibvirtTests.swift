import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct UnderSystemLibvirt {
    @Test(.enabled(if: geteuid() == 0, "a libvirtd of one's own takes root"))
    func forksRunAsQEMUsOwnUserInItsSandbox() async throws {
      try await Daemon.unstarted { daemon in
        let root = "\(daemon.state)/system"
        try FileManager.default.createDirectory(
          atPath: root, withIntermediateDirectories: false,
          attributes: [.posixPermissions: 0o755])
        let pool = try daemon.folder("pool")
        try await daemon.start(
          ["--connect", "qemu:///system"],
          in: SystemLibvirt.words(root: root, pools: ["vault": pool]))
        try await daemon.does("template warm tiny-web --timeout 180s")
        let sealed = try daemon.digests(below: "warm")
        let said = try await daemon.does("launch one --template tiny-web --timeout 120s")
        #expect(said.contains("forked"))
        #expect(try await daemon.who("one").hostname == "one")

        let machine = try daemon.machine(of: "one")
        let account = try #require(getpwnam("libvirt-qemu")?.pointee.pw_uid)
        let facts = try FileManager.default.attributesOfItem(atPath: "/proc/\(machine)")
        #expect(
          facts[.ownerAccountID] as? UInt32 == account
            || facts[.ownerAccountID] as? Int == Int(account))
        #expect(Processes.commandLine(of: machine).contains("-sandbox on,obsolete=deny"))

        try await diskMovesIntoAStoragePool(daemon, at: pool)
        try await daemon.does("stop one --timeout 60s")
        try await daemon.does("start one --timeout 120s")
        #expect(try await daemon.guest("one").start == "boot")
        try await daemon.does("delete one --force")
        #expect(daemon.machines == [])
        #expect(try daemon.digests(below: "warm") == sealed)
        #expect(try FileManager.default.contentsOfDirectory(atPath: pool) == [])
      }
    }

    /// A pool of libvirt's own is a place for disks like any other, for guests that QEMU's own user runs.
    private func diskMovesIntoAStoragePool(_ daemon: Daemon, at folder: String) async throws {
      let list = try await daemon.shows("pool list", as: ListView<PoolView>.self)
      let vault = try #require(list.items.first { $0.name == "vault" })
      #expect(vault.keeper == "libvirt" && vault.path == folder && (vault.free ?? 0) > 0)
      try await daemon.refuses("pool delete vault", "not-found", status: 1)
      #expect(try await daemon.note(of: "one", write: "kept").status == 200)
      try await daemon.does("snapshot create one before")
      try await daemon.does("disk move one --to vault")
      #expect(try await daemon.shows("disk info one", as: DiskView.self).pool == "vault")
      #expect(try await daemon.shows("pool info vault", as: PoolView.self).guests == ["one"])
      try await daemon.does("snapshot delete one before")
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/one")
      #expect(names.filter { $0.hasSuffix(".qcow2") }.count == 1)
      #expect(try await daemon.note(of: "one").body == "kept\n")
      try expectSealedImagesAreOurs(daemon)
    }

    /// A guest that broke out of its QEMU could change an image that belongs to QEMU's account, and with it all that stand on it.
    private func expectSealedImagesAreOurs(_ daemon: Daemon) throws {
      let shelf = "\(daemon.state)/templates"
      let versions = try FileManager.default.contentsOfDirectory(atPath: shelf)
        .filter { !$0.hasPrefix(".") }
      #expect(!versions.isEmpty)
      for version in versions {
        var facts = stat()
        #expect(stat("\(shelf)/\(version)/disk.qcow2", &facts) == 0)
        #expect(facts.st_uid == geteuid() && facts.st_mode & 0o222 == 0, "\(version)")
      }
    }
  }
}
