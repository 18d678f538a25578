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
        try await daemon.start(
          ["--connect", "qemu:///system"], in: SystemLibvirt.words(root: root))
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

        try await daemon.does("stop one --timeout 60s")
        try await daemon.does("start one --timeout 120s")
        #expect(try await daemon.guest("one").start == "boot")
        try await daemon.does("delete one --force")
        #expect(daemon.machines == [])
        #expect(try daemon.digests(below: "warm") == sealed)
      }
    }
  }
}
