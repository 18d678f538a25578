import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// coveyd is killed with SIGKILL at every moment of the way back of operations that are cancelled, or that fail.
  @Suite struct DiskUndoing {
    @Test func whatIsTakenBackIsGoneWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        // Enough for the slowest rate to be cancelled at leisure, and for QEMU to be told it before all is copied.
        try await daemon.fillChecker(of: "one", mebibytes: 32)
        try await move(guest)
        try await backup(guest)
        try await launch(guest)
        try await snapshot(guest)
        // Last: the layer that it froze is merged a minute later.
        try await export(guest)
      }
    }

    /// Steps 0 and 1 claim the folder and mirror the one layer.
    private func move(_ guest: CheckerGuest) async throws {
      let place = try guest.daemon.folder("slow")
      try await undoes(guest, "undo-move", [1, 0]) { daemon in
        try await daemon.does("disk move one --to \(place) --rate 1MiB --no-wait")
        try await cancel("mirroring", daemon)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
      #expect(try await guest.disk().pool == "default")
    }

    private func backup(_ guest: CheckerGuest) async throws {
      let place = try guest.daemon.folder("backups")
      try await undoes(guest, "undo-backup", [0]) { daemon in
        try await daemon.does("backup create one --to \(place) --rate 1MiB --no-wait")
        try await cancel("copying", daemon)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
      // What was given up is no base for a later one.
      try await guest.daemon.does("backup create one --to \(place)")
      try await guest.daemon.does("backup verify \(place)/one")
    }

    /// The folder goes away before the file is written.
    private func export(_ guest: CheckerGuest) async throws {
      let place = try guest.daemon.folder("exports")
      let daemon = guest.daemon
      try await daemon.stop()
      try await daemon.start(["--stop-at", "export/2/before"])
      async let asked = daemon.covey("export one --to \(place)/one.covey")
      try await daemon.holdsStill(at: "export/2/before")
      try await daemon.kill9()
      _ = try await asked
      try FileManager.default.removeItem(atPath: place)
      try await undoes(guest, "undo-export", [2], begins: false) { _ in }
      #expect(try await guest.snapshots() == [])
      #expect(!FileManager.default.fileExists(atPath: place))
    }

    /// A guest that has no time to become ready is taken back whole: its disk, its definition, its machine.
    private func launch(_ guest: CheckerGuest) async throws {
      let before = try await guest.daemon.everything()
      try await undoes(guest, "undo-launch", [2, 1, 0]) { daemon in
        try await daemon.does("launch two --template checker --boot --ready-within 1s --no-wait")
      }
      #expect(try await guest.daemon.everything() == before)
    }

    /// The machine ends before its memory is saved.
    private func snapshot(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let last = try await daemon.pauseChecker(of: "one")
      try await daemon.stop()
      try await daemon.start(["--stop-at", "snapshot/1/before"])
      async let asked = daemon.covey("snapshot create one --memory")
      try await daemon.holdsStill(at: "snapshot/1/before")
      kill(try daemon.machine(of: "one"), SIGKILL)
      try await daemon.kill9()
      _ = try await asked
      try await undoes(guest, "undo-snapshot", [0], runs: false, begins: false) { _ in }
      try await guest.expectExact(last)
      try await daemon.does("start one")
      try await guest.goesOn(after: last)
    }

    private func cancel(_ stage: String, _ daemon: Daemon) async throws {
      let id = try await daemon.newestOperation().id
      while try await !daemon.newestOperation().stage.hasPrefix(stage) {
        try await Task.sleep(for: .milliseconds(10))
      }
      _ = try await daemon.covey("operations cancel \(id) --no-wait")
    }

    private func undoes(
      _ guest: CheckerGuest, _ verb: String, _ steps: [Int], runs: Bool = true, begins: Bool = true,
      _ begin: @escaping @Sendable (Daemon) async throws -> Void
    ) async throws {
      let daemon = guest.daemon
      let before = runs && begins ? try await guest.history() : .empty
      let (operation, kills) = try await daemon.killed(
        atEachMomentOf: verb, steps: steps, isNew: begins
      ) { try await begin(daemon) }
      #expect(operation.status == "failed" && operation.error != nil, "\(verb): \(operation)")
      #expect(kills == 2 * steps.count)
      if runs { try await guest.goesOn(after: before) }
      try await guest.expectNothingLeftOver()
    }
  }
}
