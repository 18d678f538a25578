import Covey
import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// coveyd is killed with SIGKILL at every moment of the longer operations on a disk that is written to, each of which is then
  /// finished by as many daemons as it has moments; and at every moment of the way back of those that fail.
  @Suite struct DiskKills {
    static let verbs: Set = ["backup", "launch", "seal", "rebase", "flatten"]

    @Test func whatIsMadeOfADiskIsWholeWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let backups = try guest.daemon.folder("backups")
        try await backUp(guest, to: backups)
        try await bringBack(guest, from: "\(backups)/one")
        let version = try await seal(guest)
        let last = try await guest.daemon.pauseChecker(of: "one")
        try await guest.daemon.does("stop one")
        try await dies("rebase", guest, "disk rebase one")
        #expect(try await guest.disk().templateDigest == version)
        try await guest.expectExact(last)
        try await takeIn(guest, last)
        try await dies("flatten", guest, "disk flatten one")
        try await guest.expectExact(last)
        try await guest.expectNothingLeftOver(checksImages: true)
        try await guest.daemon.does("start one")
        try await guest.goesOn(after: last)
      }
    }

    /// The first backup is full, the second one incremental.
    private func backUp(_ guest: CheckerGuest, to folder: String) async throws {
      for id in 1...2 {
        let before = try await guest.history()
        try await dies("backup", guest, "backup create one --to \(folder)")
        try await guest.goesOn(after: before)
        let state = try await CheckerImage(path: "\(folder)/one/\(id).qcow2").state()
        #expect(state.differences(since: before) == [], "backup \(id)")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/one")
        #expect(Set(names) == Set(["backup.json"] + (1...id).map { "\($0).qcow2" }))
      }
      let list = try await guest.daemon.shows(
        "backup list \(folder)/one", as: ListView<BackupView>.self)
      #expect(list.items.map(\.kind).sorted() == ["full", "incremental"])
      try await guest.daemon.does("backup verify \(folder)/one")
      try await guest.expectNothingLeftOver()
    }

    private func bringBack(_ guest: CheckerGuest, from folder: String) async throws {
      let daemon = guest.daemon
      let last = try await guest.history()
      try await dies("launch", guest, "backup restore \(folder) --name again")
      let made = try await daemon.guest("again")
      #expect(made.state == "stopped")
      let copy = try await CheckerImage(path: "\(daemon.state)/guests/again/disk.qcow2").state()
      let backup = try await CheckerImage(path: "\(folder)/2.qcow2").state()
      #expect(copy == backup && copy.highest <= last.last)
      try await daemon.does("delete again --force")
    }

    /// - Returns: the new version's digest.
    private func seal(_ guest: CheckerGuest) async throws -> String {
      let daemon = guest.daemon
      let before = try await guest.history()
      try await daemon.does("snapshot create one ready")
      let after = try await guest.history()
      try await dies("seal", guest, "template create checker --from one --snapshot ready")
      let version = try await daemon.shows("template info checker", as: TemplateView.self).digest
      let state = try await CheckerImage(path: "\(daemon.state)/templates/\(version)/disk.qcow2")
        .state()
      #expect(state.differences(since: before) == [])
      #expect(state.highest <= after.last + 1)
      try await guest.expect("ready", between: before, and: after)
      return version
    }

    /// An export, which another test kills, comes in again.
    private func takeIn(_ guest: CheckerGuest, _ last: CheckerHistory) async throws {
      let daemon = guest.daemon
      let file = "\(try daemon.folder("exports"))/one.covey"
      try await daemon.does("export one --to \(file)")
      try await dies("launch", guest, "import \(file) --name two")
      let state = try await CheckerImage(path: "\(daemon.state)/guests/two/disk.qcow2").state()
      #expect(state.differences(from: last) == [])
      try await daemon.does("delete two --force")
    }

    private func dies(_ verb: String, _ guest: CheckerGuest, _ line: String) async throws {
      #expect(Self.verbs.contains(verb))
      let daemon = guest.daemon
      let (operation, kills) = try await daemon.killed(atEachMomentOf: verb) {
        _ = try await daemon.covey("\(line) --no-wait")
      }
      #expect(operation.status == "done", "\(line): \(operation)")
      #expect(kills == 2 * (operation.steps ?? 0), "\(line): \(operation)")
    }
  }
}

/// Every verb that the engine has, held against the tests that kill the daemon in it: a new verb must get such a test.
@Suite struct KilledVerbsTests {
  /// Verbs that no test here kills at each of their moments, and why that is right.
  static let exempt: [GuestRequest.Verb: String] = [
    .start: "its steps are those of a restore that starts the guest again",
    .stop: "its steps are those of a restore of a guest that runs",
    .restart: "its steps are those of a restore of a guest that runs",
    .delete: "it only removes; a step that is repeated removes what is left",
    .retire: "its steps are a group's; SurvivalTests and PerformerTests have them",
    .undrain: "its one step is a group's, which serve has too; the engine's UndrainTests have it",
    .serve: "its steps are a group's; SurvivalTests and PerformerTests have them",
    .wake: "its steps are a standby's; WarmFaultTests has them",
    .tidy:
      "it comes a minute after a failure, and its steps are those of a delete-snapshot; LayerFaultTests has it",
  ]

  @Test func everyVerbIsKilledAtEachOfItsMoments() {
    let killed = WholeSystem.DiskFaults.verbs.union(WholeSystem.DiskKills.verbs)
    for verb in GuestRequest.Verb.allCases {
      let isKilled = killed.contains(verb.rawValue)
      #expect(
        isKilled != (Self.exempt[verb] != nil),
        "\(verb.rawValue): kill the daemon in it (DiskKills), or say why not")
    }
    let known = Set(GuestRequest.Verb.allCases.map(\.rawValue))
    #expect(killed.subtracting(known) == ["launch"], "of these the engine knows nothing")
  }
}
