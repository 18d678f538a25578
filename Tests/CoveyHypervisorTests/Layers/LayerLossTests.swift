import Covey
import CoveyEngine
import Glibc
import Libvirt
import Support
import Testing

@testable import CoveyHypervisor

/// Moments at which what a guest was told to be on its disk could be lost, one by one, on the ports alone.
@Suite(.serialized) struct LayerLossTests {
  /// libvirt 9.0 gives a shallow copy what it stands on at the pivot alone. A write to a part of a cluster that reached the
  /// copy before would fill the rest of the cluster with zeros.
  @Test func smallWritesDuringAMirrorKeepWhatIsAroundThem() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "mirror", snapshots: 1)
        try await stage.mirror()
        try await stage.write(DiskWrite(sectors: 4896..<5024, byte: 0xDD))
        try await lab.layers.pivot(stage.guest, to: stage.folder)
        stage.apply(.moved(to: stage.folder))
        try await stage.write(DiskWrite(sectors: 100..<108, byte: 0xEE))
        try await stage.expectWhole()
      }
    }
  }

  /// The guest's flush reaches the file that it uses; a copy may lack what QEMU holds back, and be the newer file all the same.
  @Test(arguments: [false, true])
  func aMachineThatEndsBeforeThePivotKeepsWhatItFlushed(_ isKilled: Bool) async {
    await #expect(processExitsWith: .success) { [isKilled = isKilled as Bool] in
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "settle", snapshots: 1)
        try await stage.mirror()
        let (old, new) = (
          lab.files.layer(1, of: stage.guest), "\(stage.folder)/disk.1.qcow2"
        )
        // The mirror catches up in its own time, and QEMU flushes the copy no more. The clock of the file system may stand
        // still meanwhile.
        var looks = 0
        repeat {
          if looks % 250 == 0 {
            try await stage.write(DiskWrite(sectors: 256..<384, byte: 0xDD))
          }
          looks += 1
          try await Task.sleep(for: .milliseconds(2))
        } while HostFiles.lastWrite(of: new) <= HostFiles.lastWrite(of: old)
        if isKilled { lab.killMachine("settle") } else { try await lab.quitMachine("settle") }
        try await lab.awaitTruth(of: stage.guest.name)
        try await lab.layers.pivot(stage.guest, to: stage.folder)
        stage.apply(.moved(to: stage.folder))
        try await stage.expectWhole()
        #expect(try HostFiles.names(in: stage.folder) == ["disk.1.qcow2", "disk.qcow2", "owner"])
      }
    }
  }

  /// QEMU says in the file that a pull is over before all that it pulled is there.
  @Test func aMachineThatIsKilledAsItHasPulledLosesNothing() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "pull", snapshots: 1)
        let (guest, lower) = (stage.guest, lab.files.layer(0, of: stage.guest))
        let domain = try await lab.hypervisor.requireDomain(of: guest)
        try await domain.pull(GuestMachine.target, above: lab.templateDisk)
        while try await lab.layers.machine(of: guest)?.chain.contains(lower) == true {}
        lab.killMachine("pull")
        try await lab.awaitTruth(of: guest.name)
        stage.forget()
        try await lab.layers.pull(0, into: 1, of: stage.guest) { _ in }
        stage.apply(.pulled(0, into: 1))
        try await stage.expectWhole()
      }
    }
  }

  /// The same moment of a pull out of the template: the job is over, and nothing was flushed.
  @Test func aMachineThatIsKilledAsItHasFlattenedLosesNothing() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "flatten", snapshots: 0)
        let domain = try await lab.hypervisor.requireDomain(of: stage.guest)
        try await domain.pull(GuestMachine.target, above: nil)
        while try await lab.layers.machine(of: stage.guest)?.chain.contains(lab.templateDisk)
          == true
        {}
        lab.killMachine("flatten")
        try await lab.awaitTruth(of: stage.guest.name)
        try await lab.layers.flatten(0, of: stage.guest) { _ in }
        stage.apply(.flattened)
        try await stage.expectWhole()
      }
    }
  }

  /// And of a commit between two layers that nobody writes to.
  @Test func aMachineThatIsKilledAsItHasCommittedLosesNothing() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        var stage = try await LayerStage(lab, "commit", snapshots: 2)
        let (guest, lower) = (stage.guest, lab.files.layer(0, of: stage.guest))
        let upper = lab.files.layer(1, of: guest)
        let domain = try await lab.hypervisor.requireDomain(of: guest)
        try await domain.commit(GuestMachine.target, top: upper, into: lower)
        while try await lab.layers.machine(of: guest)?.chain.contains(upper) == true {}
        lab.killMachine("commit")
        try await lab.awaitTruth(of: guest.name)
        stage.forget()
        try await lab.layers.commit(1, into: 0, of: stage.guest) { _ in }
        stage.apply(.committed(1, into: 0))
        try await stage.expectWhole()
      }
    }
  }

  /// The machine turns, the guest goes on, and the host ends before the ledger hears of it.
  @Test(arguments: [false, true])
  func whatIsWrittenOnALayerThatNobodyRecordedStays(_ savesMemory: Bool) async {
    await #expect(processExitsWith: .success) { [savesMemory = savesMemory as Bool] in
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "turn", snapshots: 0)
        let taken = Snapshot(
          name: Samples.name("a"), layer: 0, memory: savesMemory ? 1 : nil)
        let frozen = stage.content
        try await lab.layers.add(1, on: 0, of: stage.guest)
        _ = try await lab.layers.turn(stage.guest, to: 1, as: taken)
        var onTop = stage
        onTop.apply(.taken(taken, turnedTo: 1))
        try await onTop.write(DiskWrite(sectors: 256..<384, byte: 0xDD))
        lab.killMachine("turn")
        try await lab.awaitTruth(of: stage.guest.name)
        // What was done is taken back nowhere, and done again from its first step.
        let refused = await problem { try await lab.layers.drop(1, of: stage.guest) }
        #expect(refused?.code == .conflict)
        try await lab.layers.add(1, on: 0, of: stage.guest)
        _ = try await lab.layers.turn(stage.guest, to: 1, as: taken)
        onTop.states[taken.name] = frozen
        try await onTop.expectWhole()
      }
    }
  }
}

/// Records that are older than the disk, as those are that somebody put back from a copy.
@Suite(.serialized) struct OlderRecordTests {
  /// The layer that a restore would make is there, and stands on another than the snapshot.
  @Test(arguments: [false, true])
  func aRestoreTakesNoLayerForItsOwnThatTheGuestWroteTo(_ isRunning: Bool) async {
    await #expect(processExitsWith: .success) { [isRunning = isRunning as Bool] in
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "mixed", snapshots: 2)
        if !isRunning {
          lab.killMachine("mixed")
          try await lab.awaitTruth(of: stage.guest.name)
        }
        let found = await problem { try await lab.layers.add(2, on: 0, of: stage.older(by: 1)) }
        #expect(found?.code == .conflict)
        try await stage.expectWhole()
      }
    }
  }

  /// It would be given the name of a layer that is frozen by now, or that the definition has forgotten.
  @Test(arguments: [1, 2])
  func aSnapshotReplacesNoLayerThatHoldsSomething(_ missed: Int) async {
    await #expect(processExitsWith: .success) { [missed = missed as Int] in
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "replaced", snapshots: 1 + missed)
        lab.killMachine("replaced")
        try await lab.awaitTruth(of: stage.guest.name)
        let older = stage.older(by: missed)
        if missed == 1 { try await lab.hypervisor.define(older, from: lab.template) }
        let found = await problem { try await lab.layers.add(2, on: 1, of: older) }
        #expect(found?.code == .conflict)
        #expect(found?.message.contains("does not know") == true)
        try await stage.expectWhole()
      }
    }
  }

  @Test func whatAPlanLeftThatWasCutOffIsMadeAnew() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "again", snapshots: 1)
        try await lab.layers.add(2, on: 1, of: stage.guest)
        try await lab.layers.add(2, on: 0, of: stage.guest)
        #expect(
          try QcowFile.backing(of: lab.files.layer(2, of: stage.guest))
            == lab.files.layer(0, of: stage.guest))
      }
    }
  }
}

/// A guest that runs on some layers, on the ports alone, and what it should read.
struct LayerStage {
  let lab: LayerLab
  private(set) var guest: Guest
  private(set) var content = LayerLab.pristine
  var states: [Name: DiskContent] = [:]

  var folder: String { "\(lab.elsewhere)/\(guest.name)" }

  init(_ lab: LayerLab, _ name: String, snapshots: Int) async throws {
    self.lab = lab
    guest = Guest(
      name: Samples.name(name), uuid: "3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d4",
      template: lab.template, group: nil, machine: lab.template.machine, disk: .persistent,
      address: GuestSamples.address(77), ports: [], health: lab.template.health, created: .zero)
    try await lab.disks.create(for: guest, from: lab.template)
    try await lab.hypervisor.define(guest, from: lab.template)
    try await lab.hypervisor.start(guest)
    guest.state = .running
    try await write(DiskWrite(sectors: 1000..<1400, byte: 0x11))
    for number in 0..<snapshots {
      let snapshot = Snapshot(name: Samples.name("s\(number)"), layer: guest.disks.active)
      try await lab.layers.add(number + 1, on: number, of: guest)
      _ = try await lab.layers.turn(guest, to: number + 1, as: snapshot)
      apply(.taken(snapshot, turnedTo: number + 1))
      states[snapshot.name] = content
      try await write(DiskWrite(sectors: 1200..<1300, byte: UInt8(0x20 + number)))
    }
  }

  mutating func apply(_ change: DiskChange) { guest.disks.apply(change, at: .zero) }

  /// The guest as it was recorded some snapshots ago.
  func older(by missed: Int) -> Guest {
    var older = guest
    older.disks = DiskTree()
    for snapshot in guest.disks.snapshots.dropLast(missed) {
      older.disks.apply(.taken(snapshot, turnedTo: snapshot.layer + 1), at: .zero)
    }
    return older
  }

  /// Forgets all snapshots.
  mutating func forget() {
    for name in states.keys { apply(.forgotten(name)) }
    states = [:]
  }

  mutating func write(_ write: DiskWrite) async throws {
    #expect(try await lab.write([write], to: guest))
    content.apply(write)
  }

  /// Copies what is frozen, and mirrors the active layer until both are the same.
  func mirror() async throws {
    try await lab.layers.claim(folder, for: guest)
    for layer in guest.disks.layersInOrder where layer != guest.disks.active {
      try await lab.layers.copy(layer, of: guest, to: folder, rate: nil) { _ in }
    }
    try await lab.layers.mirror(guest.disks.active, of: guest, to: folder, rate: nil) { _ in }
  }

  /// Ends the machine as a power cut would, and reads everything from outside.
  func expectWhole() async throws {
    lab.killMachine(guest.name.text)
    try await lab.awaitTruth(of: guest.name)
    let inspection = LayerInspection(
      lab: lab, guest: guest, book: DiskBook(now: content, states: states))
    let found = try await inspection.complaints().filter { !$0.contains("was left behind") }
    #expect(found.isEmpty, "\(found.joined(separator: "; "))")
  }
}
