import CoveyWire
import Foundation
import Testing

@testable import covey

struct BackupTextTests {
  private func backup(_ id: Int, parent: Int? = nil, reason: String? = nil) -> BackupView {
    BackupView(
      guest: "one", folder: "/b/one", id: id, taken: "2026-11-22T12:30:05.000Z",
      kind: parent == nil ? "full" : "incremental", parent: parent, file: "\(id).qcow2",
      size: 1 << 20, sha256: "ab", virtualSize: 64 << 20, consistency: "crash",
      checkpoint: "covey-1", uuid: "u", cpus: 1, memory: 64 << 20, template: "tiny-web",
      templateDigest: "0123456789abcdef", note: id == 1 ? "first" : nil, reason: reason)
  }

  private var done: OperationView {
    OperationView(
      id: "o", verb: "backup", subject: "guest one", status: "done", stage: "done", began: "",
      elapsed: 2, revision: 1)
  }

  @Test func backupsAreATable() {
    #expect(
      BackupText.list([backup(1), backup(2, parent: 1)], in: "/b", .plain) == """
        GUEST  ID  TAKEN                    KIND         ON  SIZE  CONSISTENCY  TEMPLATE               NOTE
        one     1  2026-11-22 12:30:05 UTC  full          -  1MiB  crash        tiny-web 0123456789ab  first
        one     2  2026-11-22 12:30:05 UTC  incremental   1  1MiB  crash        tiny-web 0123456789ab

        """)
    #expect(BackupText.list([], in: "/b", .plain).contains("covey backup create GUEST --to /b"))
  }

  @Test func aFullOneSaysWhy() {
    #expect(
      BackupText.made(backup(2, parent: 1), after: done)
        == "backup 2 of one: incremental on 1, 1MiB, crash, in 2s: /b/one/2.qcow2\n")
    let full = BackupText.made(backup(3, reason: "the disk was resized"), after: done)
    #expect(full.hasSuffix("\n  full, because the disk was resized\n"))
  }

  @Test func whatWasRemovedIsNamed() {
    let view = BackupPruneView(dryRun: true, removed: [backup(1), backup(2)], kept: [backup(3)])
    #expect(
      BackupText.pruned(view, in: "/b") == "would remove 2 backups (1, 2), 2MiB; 1 backup left\n")
    let none = BackupPruneView(dryRun: false, removed: [], kept: [backup(3)])
    #expect(BackupText.pruned(none, in: "/b").hasPrefix("nothing to remove"))
  }

  @Test func foldersAreNamedFromWhereTheUserIs() {
    let here = FileManager.default.currentDirectoryPath
    #expect(FolderArgument(argument: "/a/b").path == "/a/b")
    #expect(FolderArgument(argument: "b").path == "\(here)/b")
    #expect(FolderArgument(argument: "./b").path == "\(here)/b")
  }

  @Test(arguments: [("50", "50MiB"), ("2GiB", "2GiB")])
  func aBareRateIsMebibytesWhereverOneIsGiven(_ given: String, _ wire: String) throws {
    let move = try DiskMove.parse(["one", "--to", "fast", "--rate", given])
    #expect(move.rate?.wire == wire)
    let backup = try BackupCreate.parse(["one", "--to", "/mnt/backups", "--rate", given])
    #expect(backup.rate?.wire == wire)
  }
}
