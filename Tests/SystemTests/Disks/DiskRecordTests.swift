import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// coveyd is killed after QEMU has done something and before libvirt wrote it down. That moment is too short to be met: an
  /// earlier record is put in place of the one that libvirt wrote.
  @Suite struct DiskRecords {
    @Test func whatQEMUDidIsFollowedWhereLibvirtForgotIt() async throws {
      try await CheckerGuest.use { guest in
        let place = try guest.daemon.folder("fast")
        let backups = try guest.daemon.folder("backups")
        let before = try await guest.history()
        try await forgotten(guest, "snapshot create one s", at: "snapshot/1/after")
        let after = try await guest.history()
        try await guest.expect("s", between: before, and: after)
        try await forgotten(guest, "disk move one --to \(place)", at: "move/3/after")
        #expect(try await guest.disk().folder == "\(place)/one")
        try await forgotten(guest, "snapshot create one t --memory", at: "snapshot/1/after")
        try await guest.expect("s", between: before, and: after)
        // One layer is committed into the other, and that is pulled into the one that the guest writes to. What changed since
        // the backup before is not known after that.
        try await guest.daemon.does("backup create one --to \(backups)")
        try await forgotten(guest, "snapshot delete one s", at: "delete-snapshot/1/after")
        try await forgotten(guest, "snapshot delete one t", at: "delete-snapshot/2/after")
        let last = try await guest.history()
        try await guest.daemon.does("backup create one --to \(backups)")
        let list = try await guest.daemon.shows(
          "backup list \(backups)/one", as: ListView<BackupView>.self)
        #expect(list.items.map(\.kind) == ["full", "full"])
        let state = try await CheckerImage(path: "\(backups)/one/2.qcow2").state()
        #expect(state.differences(since: last) == [])
        try await guest.daemon.does("disk move one --to default")
        try await guest.expectExactEnd()
      }
    }

    private func forgotten(_ guest: CheckerGuest, _ line: String, at point: String) async throws {
      let daemon = guest.daemon
      let before = try await guest.history()
      try await daemon.stop()
      let files = ["run/qemu/one.xml", "etc/qemu/one.xml"].map { "\(daemon.state)/libvirt/\($0)" }
      let records = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
      try await daemon.start(["--stop-at", point])
      async let said = daemon.covey(line)
      try await daemon.holdsStill(at: point)
      try await daemon.kill9()
      _ = try await said
      for (file, record) in zip(files, records) {
        #expect(try String(contentsOfFile: file, encoding: .utf8) != record, "\(file): \(line)")
        try record.write(toFile: file, atomically: true, encoding: .utf8)
      }
      try await daemon.start()
      try await daemon.eventually("nothing is under way") {
        try await daemon.newestOperation().isOver
      }
      let operation = try await daemon.newestOperation()
      #expect(operation.status == "done", "\(line): \(operation)")
      try await guest.goesOn(after: before)
      try await guest.expectNothingLeftOver()
    }
  }
}
