import Covey
import CoveyEngine
import Foundation
import Libvirt
import Support
import Testing

@testable import CoveyHypervisor

/// What may happen to a disk between two backups: either QEMU's memory of changes stays right, or the next backup is full.
///
/// Each backup is read by `qemu-img` and compared with what was written.
struct BackupEventTests {
  @Test func incrementsStayRightThroughSnapshotsAndMerges() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.expectFull("nothing", because: nil)
        try await life.expectIncrement("nothing")
        // Back to what the template has: a change all the same.
        try await life.write([DiskWrite(sectors: 0..<128, byte: 9)])
        try await life.expectIncrement("a write")
        try await life.write([DiskWrite(sectors: 0..<1, byte: 1)])
        try await life.expectIncrement("a write of what was there before")
        try await life.snapshot("one")
        try await life.expectIncrement("a snapshot")
        try await life.write()
        try await life.snapshot("two")
        try await life.write()
        try await life.snapshot("three")
        try await life.expectIncrement("three snapshots")
        try await life.write()
        try await life.delete("two")
        try await life.expectIncrement("a merge between layers below")
        try await life.snapshot("four")
        try await life.write()
        try await life.delete("four")
        try await life.expectIncrement("a pull into the active layer")
        try await life.delete("three")
        try await life.delete("one")
        try await life.expectIncrement("a merge of all there is")
        try await life.snapshot("memory", savesMemory: true)
        try await life.expectIncrement("a snapshot with memory")
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test func incrementsStayRightThroughMovesAndRestarts() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.expectFull("nothing", because: nil)
        try await life.snapshot("one")
        try await life.write()
        try await life.move(to: "p")
        try await life.expectIncrement("a move")
        try await life.stop()
        try await life.start()
        try await life.expectIncrement("a stop and a start")
        try await life.write()
        try await life.stop()
        try await life.move(to: nil)
        try await life.start()
        try await life.expectIncrement("a move of a guest that is off")
        try await life.restartDaemon()
        try await life.expectIncrement("another daemon")
        await lab.link.close()
        try await life.expectIncrement("another connection")
        // Two folders, each with a series of its own.
        try await life.expectFull("another folder", because: nil, to: "c")
        try await life.expectIncrement("a backup elsewhere")
        try await life.expectIncrement("a backup elsewhere", to: "c")
        let names = try await lab.hypervisor.requireDomain(of: life.guest).checkpointNames()
        #expect(names.count == 2, "one for each series")
        #expect(try await life.complaints() == [])
        try await life.daemon.ask(.delete(force: true), of: life.name)
        #expect(try await lab.hypervisor.observe().isEmpty)
        await life.daemon.end()
      }
    }
  }

  @Test func whatIsNotKnownToStayRightForcesAFullOne() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.expectFull("nothing", because: nil)
        try await life.snapshot("one")
        try await life.write()
        try await life.restore("one")
        try await life.expectFull("a restore", because: "went back to snapshot \"one\"")
        try await life.expectIncrement("a full one")
        try await life.resize(to: 9 << 20)
        try await life.expectFull("a resize", because: "resized")
        try await life.write()
        try await life.kill()
        try await life.start()
        try await life.expectFull("a kill", because: "was lost")
        try await life.expectIncrement("a full one")
        // QEMU has stored this memory once, and finds it to be in use when it starts the next time.
        try await life.stop()
        try await life.start()
        try await life.kill()
        try await life.start()
        try await life.resize(to: 10 << 20)
        try await life.expectFull("a kill and a resize", because: "resized")
        try await life.mergeWhileOff()
        try await life.expectFull("a merge while it was off", because: "was lost")
        let domain = try await lab.hypervisor.requireDomain(of: life.guest)
        for checkpoint in try await domain.checkpointNames() {
          try await domain.deleteCheckpoint(checkpoint, metadataOnly: true)
        }
        try await life.expectFull("its checkpoint was deleted", because: "no checkpoint")
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test func aFolderThatIsNotAsItWasForcesAFullOne() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.backUp()
        // A copy goes on by itself; the first is then out of date.
        try FileManager.default.removeItem(atPath: life.folder("c"))
        try FileManager.default.copyItem(atPath: life.folder("b"), toPath: life.folder("c"))
        try await life.expectIncrement("a copy of the folder", to: "c")
        try await life.expectFull("a backup to the copy", because: "in another folder")
        try await life.expectIncrement("a full one")
        let last = try #require(life.book["b"]?.keys.max())
        try HostFiles.rename("\(life.own())/\(last).qcow2", to: "\(lab.root)/away")
        try await life.expectFull("the last file is gone", because: "is gone")
        try HostFiles.rename("\(lab.root)/away", to: "\(life.own())/\(last).qcow2")
        // Records that were rebuilt from libvirt may be older than the disk.
        let guest = try await life.guest
        try await life.daemon.ledger.record([.guestAdopted(guest)])
        try await life.expectFull("its record was rebuilt", because: "does not know")
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }

  @Test func aGuestThatIsOffIsComparedWithTheBackupBefore() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var life = try BackupLife(lab)
        try await life.launch()
        try await life.snapshot("one")
        try await life.write()
        try await life.stop()
        // Its machine has no system that hears the power button.
        #expect(try await life.backUp().consistency == .crash)
        try await life.start()
        try await life.expectFull("a backup while it was off", because: "was off")
        try await life.write()
        // What would make an incremental one wrong while it runs makes none wrong while it is off.
        try await life.restore("one")
        try await life.kill()
        let backup = try await life.backUp()
        #expect(backup.kind == .incremental)
        #expect(backup.checkpoint == nil)
        try await life.expectRight("b", after: "a comparison")
        try await life.resize(to: 9 << 20)
        try await life.expectFull("a resize", because: "resized")
        #expect(try await life.backUp(isFull: true).reason == nil)
        #expect(try await life.complaints() == [])
        await life.daemon.end()
      }
    }
  }
}

extension BackupLife {
  /// A block goes back to what the template has and is merged away while the machine is off: libvirt itself would then make a
  /// wrong backup.
  mutating func mergeWhileOff() async throws {
    try await write([DiskWrite(sectors: 0..<128, byte: 9)])
    try await expectFull("a merge is prepared", because: nil, to: "c")
    try await backUp()
    for sector in 0..<128 {
      try await write([DiskWrite(sectors: sector..<sector + 1, byte: UInt8(1 + sector % 251))])
    }
    try await snapshot("below")
    try await write()
    try await stop()
    try await delete("below")
    try await start()
  }
}
