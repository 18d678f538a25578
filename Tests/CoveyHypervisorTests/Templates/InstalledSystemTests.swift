import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// A Debian system's archive becomes a disk with the same owners and modes, and without what is the builder's.
@Suite struct InstalledSystemTests {
  /// A small archive with the shape of a system's, in which one file and one folder belong to others than root.
  private func archive() async throws -> String {
    let folder = try TestPlace.folder("system")
    let files = [
      ("etc/hostname", "builder\n"), ("etc/machine-id", "0123\n"), ("etc/resolv.conf", "host\n"),
      ("etc/ssh/ssh_host_ed25519_key", "secret\n"), ("etc/ssh/sshd_config", "\n"),
      ("etc/apt/sources.list.d/a.sources", "\n"), ("usr/bin/su", "su\n"),
      ("var/mail/a b", "mail\n"), ("dev/null", ""),
      ("var/lib/dpkg/status", "Package: a\nVersion: 1-2\n\nPackage: b\nVersion: 2:3\n"),
    ]
    for (path, text) in files {
      try HostFiles.makeFolder(HostFiles.parent(of: "\(folder)/root/\(path)"), mode: 0o755)
      try HostFiles.write(text.utf8, to: "\(folder)/root/\(path)", mode: 0o644)
    }
    try HostFiles.setMode(0o4755, of: "\(folder)/root/usr/bin/su")
    try HostFiles.setMode(0o2775, of: "\(folder)/root/var/mail")
    let rest = try await Program(name: "find", package: "findutils").run(
      [".", "-not", "-path", "./var/mail*"], to: "list", subject: "test", in: "\(folder)/root")
    let archive = "\(folder)/system.tar"
    let mail = "\(folder)/mail.tar"
    try await pack(
      rest.text.split(separator: "\n").map(String.init), of: folder, as: FileOwner.root, to: archive
    )
    try await pack(
      ["./var/mail", "./var/mail/a b"], of: folder, as: FileOwner(user: 33, group: 8), to: mail)
    try await Program.tar.run(
      ["--concatenate", "--file=\(archive)", mail], to: "pack", subject: "test")
    return archive
  }

  private func pack(_ paths: [String], of folder: String, as owner: FileOwner, to archive: String)
    async throws
  {
    try await Program.tar.run(
      [
        "--create", "--owner=u:\(owner.user)", "--group=g:\(owner.group)", "--no-recursion",
        "--directory=\(folder)/root", "--file=\(archive)",
      ] + paths, to: "pack", subject: "test")
  }

  private func unpacked() async throws -> (RootTree, InstalledSystem) {
    let root = try RootTree(path: "\(try TestPlace.folder("root"))/root", subject: "test")
    let system = InstalledSystem(archive: try await archive(), subject: "test")
    try await system.unpack(into: root)
    return (root, system)
  }

  @Test func whatIsTheBuildersIsForgotten() async throws {
    let (root, _) = try await unpacked()
    #expect(try HostFiles.names(in: "\(root.path)/etc") == ["apt", "machine-id", "ssh"])
    #expect(try HostFiles.names(in: "\(root.path)/etc/ssh") == ["sshd_config"])
    #expect(try HostFiles.names(in: "\(root.path)/etc/apt/sources.list.d") == [])
    #expect(try HostFiles.names(in: "\(root.path)/dev") == [])
    #expect(try HostFiles.text(of: "\(root.path)/etc/machine-id", limit: 100) == "")
    #expect(try InstalledSystem.packages(in: root) == ["a 1-2", "b 2:3"])
  }

  @Test func aDiskHasTheOwnersAndModesOfTheArchive() async throws {
    let (root, system) = try await unpacked()
    let owners = try await system.owners()
    let mail = FileOwner(user: 33, group: 8)
    #expect(owners == ["var/mail": mail, "var/mail/a b": mail])

    let folder = try TestPlace.folder("disk")
    let disk = "\(folder)/disk.qcow2"
    try await DiskImage.make(
      from: root.path, owners: owners, size: .mebibytes(16), raw: "\(folder)/raw", to: disk,
      subject: "test")
    try await Program.qemuImg.run(
      ["convert", "-O", "raw", disk, "\(folder)/raw"], to: "convert", subject: "test")
    for (path, mode, owner) in [
      ("/var/mail", "042775", "33/8"), ("/var/mail/a b", "100644", "33/8"),
      ("/usr/bin/su", "104755", "0/0"), ("/etc/ssh", "040755", "0/0"),
    ] {
      let list = try await Program.debugfs.run(
        ["-R", "ls -p \"\(HostFiles.parent(of: path))\"", "\(folder)/raw"], to: "list",
        subject: "test")
      // /inode/mode/uid/gid/name/size/
      let name = path.split(separator: "/").last ?? ""
      let line = list.text.split(separator: "\n").first { $0.contains("/\(name)/") }
      #expect(line?.contains("/\(mode)/\(owner)/\(name)/") == true, "\(path): \(line ?? "none")")
    }
  }
}
