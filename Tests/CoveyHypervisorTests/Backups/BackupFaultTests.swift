import Covey
import CoveyEngine
import Glibc
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// Backups that are cut off: by the end of the daemon, by the user, by a full disk, by the end of the machine.
struct BackupFaultTests {
  @Test func aDaemonThatIsKilledAnywhereIsFinishedByTheNext() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.backUp()
        for isRunning in [true, false] {
          if !isRunning { try await life.stop() }
          for step in 0..<4 {
            for moment in FaultPoint.Moment.allCases {
              LayerLab.allowTime()
              try await life.write()
              let point = FaultPoint(verb: "backup", step: step, moment: moment)
              try await life.backUp(killedAt: point)
              try await life.expectRight("b", after: "\(point)")
            }
          }
        }
        #expect(try await life.complaints() == [])
        #expect(life.book["b"]?.count == 17)
        await life.daemon.end()
      }
    }
  }

  @Test func aBackupThatIsCancelledLeavesNothingAndTheNextIsRight() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.writeMuch()
        try await life.backUp()
        for place in ["b", "c"] {
          try await life.write()
          let operation = try await life.cancelInTheMiddle(to: place)
          #expect(operation.status == .failed)
          #expect(operation.problem?.code == .cancelled)
          #expect(try await life.lab.hypervisor.isRunning(life.guest))
        }
        let isNew = life.book["c"] == nil
        #expect((HostFiles.facts(of: life.own("c")) == nil) == isNew, "a new folder goes again")
        #expect(try await life.complaints() == [])
        let names = try await lab.hypervisor.requireDomain(of: life.guest).checkpointNames()
        #expect(names.count == life.book.count, "the latest of each folder's")
        try await life.expectIncrement("a cancelled backup")
        // A forced delete ends it too, and what was there before stays.
        _ = try await life.beginSlowly(to: "b")
        try await life.daemon.ask(.delete(force: true), of: life.name)
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "mounts take root"))
  func aFullTargetIsACleanFailureAndTheNextIsRight() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        // Before the machine starts, which libvirt may give a view of the file systems of its own.
        try HostFiles.makeFolder(life.folder("small"))
        try #require(mount("tmpfs", life.folder("small"), "tmpfs", 0, "size=3m") == 0)
        defer { umount2(life.folder("small"), Int32(MNT_DETACH)) }
        try await life.launch()
        try await life.backUp()
        let early = await problem { _ = try await life.begin(to: "small") }
        #expect(early?.code == .noSpace)
        // Past the look at the space.
        let set = BackupSet(series: "s", guest: life.name, uuid: try await life.guest.uuid)
        let request = try BackupRequest(
          folder: life.own("small"), set: set, newSeries: "s", checkpoint: "covey-full")
        let guest = try await life.guest
        let task = try #require(life.task(request, of: guest))
        try BackupFolder(path: task.folder).make(for: task)
        let late = await problem { try await lab.backups.copy(task, of: guest) { _ in } }
        #expect(late?.code == .noSpace, "\(String(describing: late))")
        #expect(late?.message.contains("the file system at \(life.folder("small"))") == true)
        try await lab.backups.drop(task, of: guest)
        #expect(try HostFiles.names(in: life.folder("small")).isEmpty)
        try await life.expectIncrement("a full target")
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test func aMachineThatEndsInTheMiddleIsBackedUpAllTheSame() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.writeMuch()
        let operation = try await life.beginSlowly(to: "b")
        lab.killMachine(life.name.text)
        let over = try await life.daemon.over(operation)
        #expect(over.status == .done, "\(String(describing: over.problem))")
        let set = try #require(try await lab.backups.set(in: life.own()))
        #expect(set.last?.consistency == .crash)
        #expect(set.last?.checkpoint == nil)
        let id = try #require(operation.backup?.id)
        let bytes = try await life.bytes(of: "\(life.own())/\(id).qcow2")
        #expect(life.now.difference(from: bytes) == nil)
        await life.daemon.end()
      }
    }
  }
}

extension BackupLife {
  func task(_ request: BackupRequest, of guest: Guest) -> BackupTask? {
    guard case .proceed(let plan) = guest.decide(.backup(request), in: Inventory()) else {
      return nil
    }
    for case .prepareBackup(let task) in plan.steps { return task }
    return nil
  }

  /// Backs up; the daemon ends at a point, and another one goes on from what it left.
  mutating func backUp(killedAt point: FaultPoint) async throws {
    let isThere = Mutex(false)
    await daemon.end()
    daemon = try lab.daemon(on: store) { reached, _ in
      guard reached == point else { return }
      isThere.withLock { $0 = true }
      try? await Task.sleep(for: .seconds(1000))  // until the daemon is ended
    }
    let operation = try await begin()
    while !isThere.withLock(\.self) { try await Task.sleep(for: .milliseconds(2)) }
    try await restartDaemon()
    let over = try await daemon.over(operation)
    try #require(over.status == .done, "\(point): \(String(describing: over.problem))")
    note(operation)
  }

  /// Has the guest write so much that a copy takes a while, even as fast as QEMU can.
  mutating func writeMuch() async throws {
    try await resize(to: 48 << 20)
    let first = (8 << 20) / DiskContent.sector
    try await write([DiskWrite(sectors: first..<now.sectors.count, byte: 7)])
  }

  /// A backup in the middle of a copy that takes seconds. QEMU copies as fast as it can until it is told the rate: a copy that was
  /// over before is one more backup, and the next is tried.
  mutating func beginSlowly(to place: String) async throws -> Covey.Operation {
    for _ in 1...20 {
      let operation = try await begin(to: place, isFull: true, rate: .mebibytes(8))
      if try await isSlow(operation) { return operation }
      try #require(await daemon.over(operation).status == .done)
      note(operation, in: place)
    }
    throw Problem(.deadline, subject: "backup", "no copy was slow enough to be met in its middle")
  }

  /// Waits until the copy is slow with a second and more of it left; false when it was over before.
  private func isSlow(_ operation: Covey.Operation) async throws -> Bool {
    while await daemon.isUnderWay(operation) {
      // It is told the rate before anything of it is reported. Asking libvirt meanwhile would hold that up.
      if let work = daemon.progress.entry(of: operation.id)?.work {
        return work.total.bytes - work.done.bytes > 12 << 20
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    return false
  }

  mutating func cancelInTheMiddle(to place: String) async throws -> Covey.Operation {
    let operation = try await beginSlowly(to: place)
    _ = try await daemon.ledger.cancel(operation.id)
    return try await daemon.over(operation)
  }
}
