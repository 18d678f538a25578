import Covey
import CoveyEngine
import Foundation
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

/// Folders of backups that came from elsewhere, were damaged, or give a guest back.
struct BackupFolderTests {
  @Test func everyBackupIsRestoredByteForByte() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        for _ in 1...3 {
          try await life.write()
          try await life.backUp()
        }
        try await life.stop()
        try await life.resize(to: 9 << 20)
        try await life.backUp()
        // A folder may be moved as a whole.
        try HostFiles.rename(life.folder("b"), to: life.folder("moved"))
        for id in 1...4 {
          let name = Samples.name("r\(id)")
          let folder = try FolderPath("\(life.folder("moved"))/db")
          let outcome = try await life.requests().restore(folder, id, as: name, starts: id == 4)
          let operation = try await life.daemon.over(#require(outcome.operation))
          #expect(operation.status == .done, "\(String(describing: operation.problem))")
          let guest = try await life.daemon.guest(name)
          #expect(guest.state == (id == 4 ? .running : .stopped))
          let bytes = try await life.bytes(of: lab.files.disk(of: name))
          #expect(life.book["b"]?[id]?.difference(from: bytes) == nil)
          let below = try QcowFile.backing(of: lab.files.disk(of: name))
          #expect(below == lab.templateDisk)
          let names = try HostFiles.names(in: "\(lab.root)/g/\(name)").filter { $0.hasPrefix(".") }
          #expect(names.isEmpty)
        }
        // One that never ran must find its disk again.
        try HostFiles.remove(lab.files.disk(of: Samples.name("r1")))
        let start = try await life.daemon.ask(.start, of: Samples.name("r1"))
        #expect(start.problem?.code == .notFound)
        let taken = await problem {
          _ = try await life.requests().restore(
            FolderPath("\(life.folder("moved"))/db"), nil, as: Samples.name("r2"), starts: false)
        }
        #expect(taken?.code == .exists)
        await life.daemon.end()
      }
    }
  }

  /// What lies there goes when the guest is deleted, and a backup is to stay.
  @Test func aFolderThatGoesWithAGuestTakesNoBackups() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        let move = try MoveRequest(folder: "\(lab.elsewhere)/\(life.name)")
        #expect(try await life.daemon.ask(.moveDisk(move), of: life.name).status == .done)
        let guest = try await life.guest
        let home = "\(lab.root)/g/\(life.name)"
        try HostFiles.makeFolder("\(lab.root)/g/theirs")
        for folder in [
          home, "\(home)/own", "\(lab.root)/g/theirs", "\(lab.elsewhere)/\(life.name)",
        ] {
          let request = try BackupRequest(
            folder: folder, set: nil, newSeries: "s", checkpoint: "covey-x")
          let task = try #require(life.task(request, of: guest))
          let refused = await problem { try await lab.backups.survey(task, of: guest) }
          let words = refused?.message ?? ""
          #expect(refused?.code == .invalid)
          #expect(words.contains("covey's own folder") || words.contains("belongs to a guest"))
          let late = await problem { try await lab.backups.prepare(task, of: guest) }
          #expect(late?.code == .invalid)
        }
        await life.daemon.end()
      }
    }
  }

  @Test func whatIsDamagedIsFoundAndNeverRestored() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        for _ in 1...3 {
          try await life.write()
          try await life.backUp()
        }
        let (own, path) = (life.own(), "\(life.own())/2.qcow2")
        func found(_ id: Int? = nil) async throws -> [String] {
          try await lab.backups.verify(own, id, report: { _ in }, progress: { _ in }).map(\.words)
        }
        #expect(try await found() == [])
        let whole = try HostFiles.bytes(of: path)
        var altered = whole
        altered[altered.count / 2] ^= 1
        try HostFiles.write(altered, to: path, mode: 0o600)
        let words = try await found()
        #expect(words.count == 2)
        #expect(words[0].contains("2.qcow2 is altered: its SHA-256 is"))
        #expect(words[1] == "backup 3: it stands on backup 2, which is damaged")
        #expect(try await found(1) == [])
        #expect(try await life.restoreProblem(3)?.code == .altered)
        #expect(await life.daemon.ledger.inventory.guests[Samples.name("new")] == nil)
        #expect(HostFiles.facts(of: "\(lab.root)/g/new") == nil)

        try HostFiles.write(whole.dropLast(), to: path, mode: 0o600)
        #expect(try await found()[0].contains("bytes and not"))
        try HostFiles.remove(path)
        #expect(try await found()[0].contains("is gone"))
        try HostFiles.write(whole, to: path, mode: 0o600)
        try HostFiles.write([1], to: "\(own)/9.qcow2", mode: 0o600)
        #expect(try await found() == ["backup.json does not name the file \(own)/9.qcow2"])
        await life.daemon.end()
      }
    }
  }

  @Test func aFileThatPointsElsewhereIsNeverOpenedByQEMU() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.backUp()
        try await life.backUp()
        let path = "\(life.own())/2.qcow2"
        for below in ["/etc/passwd", "../b/db/1.qcow2", "json:{}", "nbd:x:1", "1.qcow2x"] {
          try await Program.qemuImg.run(
            ["rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", below, path], to: "x", subject: "x"
          )
          try await life.bless(2)
          let words = try await lab.backups.verify(
            life.own(), 2, report: { _ in }, progress: { _ in })
          #expect(words.first?.words.contains("stands on another file") == true, "\(words)")
          #expect(try await life.restoreProblem(2)?.code == .altered)
        }
        try await Program.qemuImg.run(
          ["rebase", "-u", "-f", "qcow2", "-F", "raw", "-b", "1.qcow2", path], to: "x", subject: "x"
        )
        try await life.bless(2)
        #expect(try await life.restoreProblem(2)?.code == .altered)
        await life.daemon.end()
      }
    }
  }

  @Test func oldChainsGoAsAWhole() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        for isFull in [true, false, true, false, false] {
          try await life.write()
          try await life.backUp(isFull: isFull)
        }
        let folder = try FolderPath(life.own())
        let plan = try await life.requests().prune(folder, keeping: 4, isDryRun: false)
        #expect(plan.removed.isEmpty, "2 stays, and 1 below it")
        let done = try await life.requests().prune(folder, keeping: 1, isDryRun: false)
        #expect(done.removed.map(\.id) == [1, 2])
        #expect(
          try HostFiles.names(in: life.own()) == ["3.qcow2", "4.qcow2", "5.qcow2", "backup.json"])
        #expect(try await life.complaints() == [])
        let next = try await life.backUp()
        #expect(next.id == 6 && next.kind == .incremental)
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test func aDescriptionThatCannotBeTrueIsRefused() throws {
    var set = BackupSet(series: "abc", guest: Samples.name("db"), uuid: "u")
    set.add(Samples.backup(1))
    set.add(Samples.backup(2, parent: 1, checkpoint: "covey-1"))
    let text = String(decoding: try BackupManifest(set).bytes(), as: UTF8.self)
    #expect(try BackupManifest.set(reading: text, at: "x") == set)
    for (old, new) in [
      ("\"2.qcow2\"", "\"../2.qcow2\""), ("\"id\" : 2", "\"id\" : 1"),
      ("\"parent\" : 1", "\"parent\" : 7"),
      ("\"incremental\"", "\"full\""), ("\"schemaVersion\" : 1", "\"schemaVersion\" : 2"),
      ("\"next\" : 3", "\"next\" : 2"), ("\"db\"", "\"../db\""), ("abababab", "zzzzzzzz"),
      ("{", "["),
    ] {
      #expect(throws: Problem.self, "\(old)") {
        try BackupManifest.set(reading: text.replacing(old, with: new), at: "x")
      }
    }
  }
}

extension BackupLife {
  /// Has the description say of a file what it is now, as somebody who alters backups would.
  func bless(_ id: Int) async throws {
    let path = "\(own())/\(id).qcow2"
    let set = try #require(try await lab.backups.set(in: own()))
    let old = try #require(set.backup(id))
    let size = ByteCount(bytes: Int64(HostFiles.facts(of: path)?.st_size ?? 0))
    let new = Backup(
      id: id, taken: old.taken, kind: old.kind, parent: old.parent, size: size,
      digest: try await FileDigest.of(path), virtualSize: old.virtualSize,
      consistency: old.consistency, checkpoint: old.checkpoint, guest: old.guest,
      template: old.template, templateDigest: old.templateDigest, note: nil, reason: nil)
    let backups = set.backups.map { $0.id == id ? new : $0 }
    try BackupFolder(path: own()).write(
      BackupSet(
        series: set.series, guest: set.guest, uuid: set.uuid, next: set.next, backups: backups))
  }

  /// Why a backup does not become the guest `new`.
  func restoreProblem(_ id: Int) async throws -> Problem? {
    let outcome = try await requests().restore(
      FolderPath(own()), id, as: Samples.name("new"), starts: false)
    return try await daemon.over(#require(outcome.operation)).problem
  }
}
