import Covey
import CoveyEngine
import Foundation
import Support
import Testing

@testable import CoveyHypervisor

/// Headers that say what a merge was to bring about, and files that hold nothing of it: what is left where QEMU, or qemu-img,
/// was killed between the two.
@Suite(.serialized) struct LayerNameTests {
  @Test func aDiskThatSaysItStandsAloneIsFlattenedFromWhatTheRecordSays() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "flatten", snapshots: 1)
        try await stage.misname(0, as: "")
        try await lab.layers.flatten(0, of: stage.guest) { _ in }
        // The daemon was killed before it was recorded: all is done once more.
        try await lab.layers.flatten(0, of: stage.guest) { _ in }
        stage.apply(.flattened)
        try await stage.expectWhole()
      }
    }
  }

  @Test(arguments: [false, true])
  func aDiskThatSaysAnotherVersionIsRebasedFromWhatTheRecordSays(_ standsAlone: Bool) async {
    await #expect(processExitsWith: .success) { [standsAlone = standsAlone as Bool] in
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "rebase", snapshots: 1)
        try await stage.misname(0, as: standsAlone ? "" : lab.disk(of: lab.elder))
        try await lab.layers.rebase(0, of: stage.guest, onto: lab.elder.digest)
        try await lab.layers.rebase(0, of: stage.guest, onto: lab.elder.digest)
        stage.apply(.rebased(onto: lab.elder.digest))
        try await stage.expectWhole()
      }
    }
  }

  /// Layer 1 says that it holds what layer 0 has. It is pulled itself: what it stands on is read by name.
  @Test func aLayerThatSaysWhatItLacksIsPulledFromWhatTheRecordSays() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "pull", snapshots: 2)
        try await stage.misname(1, as: lab.templateDisk)
        stage.forget()
        try await lab.layers.pull(1, into: 2, of: stage.guest) { _ in }
        stage.apply(.pulled(1, into: 2))
        try await stage.expectWhole()
      }
    }
  }

  @Test(arguments: [false, true])
  func aCopyOfTheStateHoldsWhatTheRecordSays(_ onTemplate: Bool) async {
    await #expect(processExitsWith: .success) { [onTemplate = onTemplate as Bool] in
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "extract", snapshots: 1)
        try await stage.misname(1, as: lab.templateDisk)
        let copy = try await lab.layers.extract(
          1, of: stage.guest, onTemplate: onTemplate, near: nil
        ) { _ in }
        if onTemplate {
          try await lab.layers.layers.name(lab.templateDisk, below: copy, stage.guest)
        }
        let raw = "\(lab.root)/copy.raw"
        try await Program.qemuImg.run(
          ["convert", "-f", "qcow2", "-O", "raw", copy, raw], to: "read", subject: "test")
        #expect(stage.content.difference(from: try HostFiles.bytes(of: raw)) == nil)
        try await lab.layers.dropExtract(of: stage.guest, near: nil)
      }
    }
  }

  @Test func aBackupOfAStoppedGuestHoldsWhatTheRecordSays() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "backup", snapshots: 1)
        try await stage.misname(1, as: lab.templateDisk)
        let words =
          #"{"folder": "\#(lab.elsewhere)/backup", "series": "s", "id": 1, "checkpoint": "c"}"#
        let task = try JSONDecoder().decode(BackupTask.self, from: Data(words.utf8))
        try await lab.backups.prepare(task, of: stage.guest)
        try await lab.backups.copy(task, of: stage.guest) { _ in }
        let raw = "\(lab.root)/copy.raw"
        try await Program.qemuImg.run(
          [
            "convert", "-f", "qcow2", "-O", "raw",
            BackupFolder(path: task.folder).unfinished(1), raw,
          ], to: "read", subject: "test")
        #expect(stage.content.difference(from: try HostFiles.bytes(of: raw)) == nil)
      }
    }
  }

  /// What a machine uses nobody else can change: it is refused, and not read past.
  @Test func aStateThatARunningMachineStandsOnIsNotCopiedByAWrongName() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "busy", snapshots: 2)
        try await stage.misname(1, as: lab.templateDisk)
        try await lab.hypervisor.start(stage.guest)
        let refused = await problem {
          _ = try await lab.layers.extract(1, of: stage.guest, onTemplate: false, near: nil) { _ in
          }
        }
        #expect(refused?.code == .conflict && refused?.hint.contains("covey stop") == true)
      }
    }
  }

  /// A daemon that is killed leaves its programs at work; the step is done again once they are done.
  @Test func aProgramThatOutlivedItsDaemonIsWaitedFor() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "orphan", snapshots: 1)
        try await stage.misname(1, as: lab.files.layer(0, of: stage.guest))
        stage.forget()
        let orphan = Process()
        orphan.executableURL = URL(filePath: "/usr/bin/qemu-img")
        // Reads for some seconds, and nobody may write meanwhile.
        orphan.arguments = [
          "convert", "-f", "qcow2", "-O", "raw", "-r", "2M", lab.files.layer(1, of: stage.guest),
          "\(lab.root)/orphan.raw",
        ]
        try orphan.run()
        while !Program.qemuImg.works(in: lab.files.layers(of: stage.guest)) {}
        try await lab.layers.pull(0, into: 1, of: stage.guest) { _ in }
        #expect(!orphan.isRunning)
        stage.apply(.pulled(0, into: 1))
        try await stage.expectWhole()
      }
    }
  }

  /// Somebody else's lock says that the files are in use.
  @Test func aLockOfSomebodyElseIsAFailure() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "held", snapshots: 1)
        let files = lab.layers.layers
        let found = await problem {
          try await files.rebase(
            lab.files.layer(1, of: stage.guest), to: lab.files.layer(0, of: stage.guest),
            copies: false, stage.guest)
        }
        #expect(found?.message.contains("lock") == true)
      }
    }
  }

  /// The next start of a guest whose machine was killed mends the names with the leaks.
  @Test func theNamesAreMendedWhereAMachineWasKilled() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "mend", snapshots: 2)
        try await stage.misname(1, as: lab.templateDisk)
        try await lab.layers.mendLeaks(of: stage.guest)
        #expect(
          try QcowFile.backing(of: lab.files.layer(1, of: stage.guest))
            == lab.files.layer(0, of: stage.guest))
      }
    }
  }
}

extension LayerStage {
  /// Kills the machine, and has a layer's header name something else.
  fileprivate func misname(_ layer: Int, as below: String) async throws {
    lab.killMachine(guest.name.text)
    try await lab.awaitTruth(of: guest.name)
    try await lab.layers.layers.rebase(
      lab.files.layer(layer, of: guest), to: below.isEmpty ? nil : below, copies: false, guest)
  }
}
