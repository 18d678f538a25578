import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  /// coveyd is killed with SIGKILL before and after every step of every operation on a disk that is written to all the time.
  /// The steps are the engine's own: a new one is tried by itself.
  @Suite struct DiskFaults {
    static let verbs: Set = ["snapshot", "delete-snapshot", "restore", "move", "export", "resize"]

    @Test func aSnapshotIsWholeWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        for options in ["", " --memory"] {
          try await killing("snapshot", on: guest, "snapshot create one s\(options)") { before in
            let after = try await guest.history()
            try await guest.expect("s", between: before, and: after)
            try await guest.daemon.does("snapshot delete one s")
          }
        }
      }
    }

    /// With one snapshot its layer is pulled into the one that the guest writes to; with two, one is committed into the other.
    @Test func aMergeIsWholeWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        for others in [[], ["t"]] {
          var (earlier, later) = (CheckerHistory.empty, CheckerHistory.empty)
          try await killing("delete-snapshot", on: guest, "snapshot delete one s") {
            try await daemon.does("snapshot create one s")
            earlier = try await guest.history()
            for other in others { try await daemon.does("snapshot create one \(other)") }
            later = try await guest.history()
          } check: { _ in
            #expect(try await guest.snapshots().map(\.name) == others)
            for other in others {
              try await guest.expect(other, between: earlier, and: later)
              try await daemon.does("snapshot delete one \(other)")
            }
          }
        }
        try await guest.expectExactEnd()
      }
    }

    @Test func aRestoreIsWholeWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        var frozen = CheckerHistory.empty
        var uptime = 0.0
        try await killing(
          "restore", on: guest, "snapshot restore one m --discard --within 100ms"
        ) {
          uptime = try await daemon.page("/cgi-bin/who", of: "one").uptime
          // A branch is in the history once it has a record.
          try await guest.goesOn(after: try await guest.history())
          frozen = try await guest.history()
          try await daemon.does("snapshot create one m --memory")
          try await guest.goesOn(after: frozen)
        } check: { _ in
          #expect(try await daemon.guest("one").state == "running")
          #expect(try await daemon.guest("one").start == "resume")
          // A machine that booted would be younger, and its checker would have begun a branch of its own.
          #expect(try await daemon.page("/cgi-bin/who", of: "one").uptime >= uptime)
          #expect(try await guest.history().branches == frozen.branches)
          let now = try await daemon.branchChecker(of: "one")
          #expect(now.continues(frozen))
          try await daemon.does("snapshot delete one m")
        }
        let before = try await daemon.pauseChecker(of: "one")
        try await daemon.does("stop one")
        try await killing("restore", on: guest, "snapshot restore one s --discard", runs: false) {
          try await daemon.does("snapshot create one s")
        } check: { _ in
          #expect(try await daemon.guest("one").state == "stopped")
          try await guest.expect("s", between: before, and: before)
          try await daemon.does("snapshot delete one s")
        }
      }
    }

    @Test func aMoveIsFinishedWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        let places = [try daemon.folder("fast"), try daemon.folder("large")]
        let before = try await guest.history()
        try await daemon.does("snapshot create one s")
        let after = try await guest.history()
        var turn = 0
        try await killingEach(
          "move", on: guest, "disk move one --to",
          word: {
            turn += 1
            return places[turn % 2]
          },
          check: { _ in
            #expect(try await guest.disk().folder == "\(places[turn % 2])/one")
            try await guest.expect("s", between: before, and: after)
            try await guest.expectNothingLeftOver(besides: places.map { "\($0)/one" })
          })
        try await daemon.does("snapshot delete one s")
        try await guest.expectExactEnd()
      }
    }

    @Test func anExportAndAResizeAreWholeWhereverTheDaemonIsKilled() async throws {
      try await CheckerGuest.use { guest in
        let daemon = guest.daemon
        let file = "\(try daemon.folder("exports"))/one.covey"
        try await killing("export", on: guest, "export one --to \(file)") { _ in
          #expect(FileManager.default.fileExists(atPath: file))
          #expect(try await guest.snapshots() == [])
          try FileManager.default.removeItem(atPath: file)
        }
        var size = 64
        try await killingEach(
          "resize", on: guest, "disk resize one",
          word: {
            size += 8
            return "\(size)MiB"
          },
          check: { _ in
            let disk = try await guest.disk()
            #expect(disk.size == Int64(size) << 20)
          })
        try await guest.expectExactEnd()
      }
    }

    // MARK: - How it is done

    private func killing(
      _ verb: String, on guest: CheckerGuest, _ line: String, runs: Bool = true,
      prepare: () async throws -> Void = {}, check: (CheckerHistory) async throws -> Void
    ) async throws {
      try await killingEach(
        verb, on: guest, line, runs: runs,
        word: {
          try await prepare()
          return ""
        }, check: check)
    }

    /// Goes through every point of an operation: the first run, which nobody kills, says how many there are.
    ///
    /// - Parameter word: prepares, and returns the line's last word.
    private func killingEach(
      _ verb: String, on guest: CheckerGuest, _ line: String, runs: Bool = true,
      word: () async throws -> String, check: (CheckerHistory) async throws -> Void
    ) async throws {
      #expect(Self.verbs.contains(verb))
      let daemon = guest.daemon
      var points = [""]
      var index = 0
      while index < points.count {
        let point = points[index]
        let last = try await word()
        let before = runs ? try await guest.history() : .empty
        let outcome = try await run("\(line) \(last)", stoppingAt: point, daemon)
        #expect(outcome.verb == verb && outcome.status == "done", "\(verb) \(point): \(outcome)")
        if runs { try await guest.goesOn(after: verb == "restore" ? .empty : before) }
        try await check(before)
        try await guest.expectNothingLeftOver()
        if index == 0 {
          points += (0..<(outcome.steps ?? 0)).flatMap { step in
            ["before", "after"].map { "\(verb)/\(step)/\($0)" }
          }
          #expect(points.count > 2, "no points in \(verb)")
        }
        index += 1
      }
    }

    /// Runs a line with a daemon that is killed at a point, and what the next one made of it.
    private func run(_ line: String, stoppingAt point: String, _ daemon: Daemon) async throws
      -> OperationView
    {
      guard !point.isEmpty else {
        try await daemon.does(line)
        return try await daemon.newestOperation()
      }
      try await daemon.stop()
      try await daemon.start(["--stop-at", point])
      async let said = daemon.covey(line)
      try await daemon.holdsStill(at: point)
      try await daemon.kill9()
      // Whoever waited for it was told that the daemon is gone.
      let status = try await said.status
      #expect(status == 69)
      try await daemon.start()
      try await daemon.eventually("nothing is under way") {
        try await daemon.newestOperation().isOver
      }
      return try await daemon.newestOperation()
    }
  }
}
