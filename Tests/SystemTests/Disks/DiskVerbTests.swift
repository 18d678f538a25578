import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// What a user types about disks, from the first pool to the last backup, on one guest that writes all the time.
  @Suite struct DiskVerbs {
    @Test func aDiskGoesThroughEverythingThatItsUserMayAskFor() async throws {
      try await CheckerGuest.use { guest in
        try await pools(guest)
        try await snapshots(guest)
        try await moves(guest)
        try await refusals(guest)
        try await backups(guest)
        try await exchange(guest)
        let last = try await guest.expectExactEnd()
        try await guest.daemon.does("start one")
        try await guest.goesOn(after: last)
      }
    }

    private func pools(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let fast = try daemon.folder("fast")
      #expect(try await daemon.does("pool list").contains("default"))
      let pool = try await daemon.shows("pool create fast --path \(fast)", as: PoolView.self)
      #expect(pool.path == fast && pool.keeper == "covey" && pool.guests == [])
      #expect((pool.free ?? 0) > 0 && (pool.capacity ?? 0) >= (pool.free ?? 0))
      try await daemon.refuses("pool create fast --path \(fast)/..", "invalid", status: 64)
      try await daemon.refuses("pool create fast --path /tmp", "exists", status: 1)
      try await daemon.refuses("pool create again --path \(fast)/", "exists", status: 1)
      try await daemon.refuses("pool create lost --path \(fast)/not-there", "invalid", status: 64)
      try await daemon.refuses("pool info fats", "not-found", status: 1)
      let list = try await daemon.shows("pool list", as: ListView<PoolView>.self)
      #expect(list.items.map(\.name) == ["default", "fast"])
      #expect(list.items[0].guests == ["one"] && list.items[0].provisioned == 64 << 20)
    }

    private func snapshots(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      try await daemon.does("snapshot create one a --note first")
      let early = try await guest.history()
      try await guest.goesOn(after: early)
      let said = try await daemon.does("snapshot create one")
      #expect(said.contains("snapshot snap-1 of one taken") && said.contains("crash"))
      try await daemon.fillChecker(of: "one", mebibytes: 16)
      let tree = try await daemon.does("snapshot list one")
      #expect(tree.contains("a ") && tree.contains("└─ snap-1") && tree.contains("(now)"))
      let list = try await daemon.shows("snapshot list one", as: SnapshotListView.self)
      #expect(list.items.map(\.parent) == [nil, "a"] && list.items[0].note == "first")
      #expect(list.unsaved >= 16 << 20)
      let whole = try await daemon.shows("snapshot diff one a", as: DifferenceView.self)
      let part = try await daemon.shows("snapshot diff one a snap-1", as: DifferenceView.self)
      #expect(whole.changed >= 16 << 20 && whole.disk == 64 << 20)
      #expect(part.changed > 0 && part.changed < whole.changed && part.to == "snap-1")
      try await daemon.refuses("snapshot create one a", "exists", status: 1)
      try await daemon.refuses("snapshot diff one b", "not-found", status: 1)
      try await daemon.refuses("snapshot restore one b", "not-found", status: 1)
    }

    private func moves(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let before = try await guest.history()
      let plan = try await daemon.shows("disk move one --to fast --dry-run", as: MoveView.self)
      #expect(plan.to == "\(try daemon.folder("fast"))/one" && plan.files == 3)
      #expect(plan.bytes > 16 << 20 && plan.rate > 0 && plan.seconds > 0)
      #expect(try await guest.disk().pool == "default")
      try await daemon.does("disk move one --to fast")
      let disk = try await daemon.shows("disk info one", as: DiskView.self)
      #expect(disk.pool == "fast" && disk.folder == plan.to && disk.layers?.count == 3)
      #expect(try await daemon.does("disk list").contains("fast"))
      let pool = try await daemon.shows("pool info fast", as: PoolView.self)
      #expect(pool.guests == ["one"] && pool.used >= disk.used && pool.provisioned == 64 << 20)
      try await guest.goesOn(after: before)
      try await guest.expectNothingLeftOver()
    }

    /// While a disk moves nobody else touches it; cancelled, it stays where it was.
    private func refusals(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      try await daemon.refuses("pool delete fast", "in-use", status: 1)
      try await daemon.refuses("disk move one --to fast", "invalid", status: 64)
      try await daemon.refuses("disk move one --to slow", "not-found", status: 1)
      try await daemon.refuses("disk resize one 10MiB", "invalid", status: 64)
      let before = try await guest.history()
      try await daemon.does("disk move one --to default --rate 1MiB --no-wait")
      let move = try await daemon.newestOperation()
      #expect(move.verb == "move" && move.status == "running")
      for line in [
        "snapshot restore one a", "snapshot delete one a", "disk move one --to default",
        "disk resize one 96MiB", "backup create one --to /tmp",
      ] {
        let said = try await daemon.covey("\(line) --format json")
        #expect(try said.error().code == "conflict", "\(line): \(said.err)")
        #expect(try said.error().message.contains("move"), "\(line): \(said.err)")
      }
      #expect(try await daemon.does("operations list").contains("move"))
      #expect(try await daemon.does("operations cancel \(move.id)").contains("cancelled"))
      #expect(try await guest.disk().pool == "fast")
      try await guest.goesOn(after: before)
      try await guest.expectNothingLeftOver()
    }

    private func backups(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let place = try daemon.folder("backups")
      let folder = "\(place)/one"
      for (id, line) in [
        "backup create one --to \(place) --note first", "backup create one --to \(place)",
      ]
      .enumerated() {
        let before = try await guest.history()
        let made = try await daemon.shows(line, as: BackupView.self)
        #expect(made.id == id + 1 && made.kind == (id == 0 ? "full" : "incremental"))
        let state = try await CheckerImage(path: "\(folder)/\(made.file)").state()
        #expect(state.differences(since: before) == [])
      }
      #expect(try await daemon.does("backup list \(place)").contains("incremental"))
      try await daemon.does("backup verify \(folder)")
      try await daemon.does("backup restore \(folder) --name old --id 1")
      let old = try await CheckerImage(path: "\(daemon.state)/guests/old/disk.qcow2").state()
      #expect(try await CheckerImage(path: "\(folder)/1.qcow2").state() == old)
      try await daemon.refuses("backup restore \(folder) --name old", "exists", status: 1)
      try await daemon.does("delete old")
      try spoil("\(folder)/2.qcow2")
      let said = try await daemon.covey("backup verify \(folder) --format json")
      #expect(said.status == 1)
      #expect(try said.error().code == "altered", "\(said.err)")
      #expect(try said.error().message.contains("2"), "\(said.err)")
      try await daemon.does("backup create one --to \(place) --full")
      let kept = try await daemon.shows("backup delete \(folder)", as: BackupPruneView.self)
      #expect(kept.removed.map(\.id) == [1, 2] && kept.kept.map(\.id) == [3])
      try await daemon.does("backup verify \(folder)")
    }

    private func spoil(_ file: String) throws {
      let handle = try FileHandle(forUpdating: URL(filePath: file))
      try handle.seek(toOffset: try handle.seekToEnd() - 4096)
      try handle.write(contentsOf: Data(repeating: 0xAA, count: 512))
      try handle.close()
    }

    /// What was exported comes in as it was, and goes out again the same.
    private func exchange(_ guest: CheckerGuest) async throws {
      let daemon = guest.daemon
      let folder = try daemon.folder("exports")
      let out = try await daemon.shows(
        "export one --to \(folder)/one.covey", as: OperationView.self)
      try await daemon.refuses("export one --to \(folder)/one.covey", "exists", status: 1)
      let back = try await daemon.shows(
        "import \(folder)/one.covey --name two", as: OperationView.self)
      #expect(back.result?.digest == out.result?.digest && out.result?.digest != nil)
      let two = try await daemon.guest("two")
      #expect(two.state == "stopped" && two.disk == "persistent")
      #expect(try await two.uuid != daemon.guest("one").uuid)
      try await daemon.refuses("import \(folder)/one.covey --name two", "exists", status: 1)
      try await daemon.does("start two")
      #expect(try await daemon.history(of: "two").last > 0)
      try await daemon.does("delete two --force")
      try await daemon.does("export checker --to \(folder)/checker.covey")
      try await daemon.does("import \(folder)/checker.covey")
    }
  }
}
