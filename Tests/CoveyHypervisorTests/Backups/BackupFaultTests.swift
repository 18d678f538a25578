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
        try await life.backUp()
        for place in ["b", "c"] {
          try await life.write()
          let operation = try await life.cancelInTheMiddle(to: place)
          #expect(operation.status == .failed)
          #expect(operation.problem?.code == .cancelled)
          #expect(try await life.lab.hypervisor.isRunning(life.guest))
        }
        #expect(HostFiles.facts(of: life.own("c")) == nil, "a new folder goes again")
        #expect(try await life.complaints() == [])
        let names = try await lab.hypervisor.requireDomain(of: life.guest).checkpointNames()
        #expect(names.count == 1)
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
        let operation = try await life.beginSlowly(to: "b")
        lab.killMachine(life.name.text)
        let over = try await life.daemon.over(operation)
        #expect(over.status == .done, "\(String(describing: over.problem))")
        let set = try #require(try await lab.backups.set(in: life.own()))
        #expect(set.last?.consistency == .crash)
        #expect(set.last?.checkpoint == nil)
        let bytes = try await life.bytes(of: "\(life.own())/1.qcow2")
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

  /// A backup whose copy takes seconds, once it has begun.
  mutating func beginSlowly(to place: String) async throws -> Covey.Operation {
    let operation = try await begin(to: place, isFull: true, rate: .mebibytes(1))
    let guest = try await guest
    let domain = try await lab.hypervisor.requireDomain(of: guest)
    while try await domain.jobProgress() == nil { try await Task.sleep(for: .milliseconds(2)) }
    return operation
  }

  mutating func cancelInTheMiddle(to place: String) async throws -> Covey.Operation {
    let operation = try await beginSlowly(to: place)
    _ = try await daemon.ledger.cancel(operation.id)
    return try await daemon.over(operation)
  }
}
