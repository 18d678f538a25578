import Covey
import Support
import Testing

struct SnapshotRulesTests {
  let base = Samples.name("base")

  @Test func anEphemeralDiskHasNoSnapshots() throws {
    let guest = Samples.guest(disk: .ephemeral)
    #expect(
      refusal(guest, .snapshot(try SnapshotRequest()))
        == .ephemeralDisk(guest.name, verb: "snapshot"))
  }

  @Test func aNameThatExistsIsRefused() throws {
    let guest = guest(with: [base])
    #expect(
      refusal(guest, .snapshot(try SnapshotRequest(name: base)))
        == .snapshotExists(base, of: guest.name))
  }

  @Test func namesThatWereNotGivenAreCountedUp() throws {
    let guest = guest(with: [Samples.name("snap-1"), Samples.name("snap-2")])
    #expect(taken(plan(guest, .snapshot(try SnapshotRequest())))?.name.text == "snap-3")
  }

  @Test func aStoppedGuestHasNoMemoryToSave() throws {
    let guest = Samples.guest(state: .stopped)
    #expect(
      refusal(guest, .snapshot(try SnapshotRequest(savesMemory: true)))
        == .memoryOfStopped(guest.name))
  }

  @Test func anUnknownSnapshotIsRefusedWithTheNearestName() {
    let guest = guest(with: [base])
    let typo = Samples.name("bse")
    #expect(
      refusal(guest, .deleteSnapshot(typo))
        == .noSuchSnapshot(typo, of: guest.name, nearest: base))
  }

  @Test func thereIsAMostOfSnapshotsAndOfLayers() throws {
    let many = guest(with: (0..<DiskTree.depthAtMost).map { Samples.name("s\($0)") })
    #expect(
      refusal(many, .snapshot(try SnapshotRequest()))
        == .tooDeep(many.name, atMost: DiskTree.depthAtMost))
    var wide = guest(with: [base])
    for index in 1..<DiskTree.snapshotsAtMost {
      let left = Snapshot(name: Samples.name("l\(index)"), layer: wide.disks.active)
      wide.disks.apply(.restored(base, onto: index + 1, left: left), at: .zero)
    }
    #expect(
      refusal(wide, .snapshot(try SnapshotRequest()))
        == .tooManySnapshots(wide.name, atMost: DiskTree.snapshotsAtMost))
  }

  @Test func aNoteIsOneLine() {
    #expect(throws: Refusal.self) { try SnapshotRequest(note: "two\nlines") }
    #expect(throws: Refusal.self) {
      try SnapshotRequest(note: String(repeating: "x", count: Note.longest + 1))
    }
  }

  @Test func aGuestThatRunsIsStoppedForARestoreAndRunsAgain() {
    let steps = plan(guest(with: [base]), .restore(RestoreRequest(snapshot: base)))?.steps ?? []
    #expect(steps.contains(.destroy))
    #expect(
      steps.split(separator: .define).last?.prefix(2) == [.requireDisk, .startMachine],
      "it is started as any other is, on a disk that was looked at")
    #expect(steps.first == .addLayer(2, on: 0), "what can fail comes before the guest is stopped")
  }

  @Test func aGuestThatIsOffStaysOffUnlessToldOtherwise() {
    var guest = guest(with: [base])
    guest.state = .stopped
    let off = plan(guest, .restore(RestoreRequest(snapshot: base)))
    #expect(off?.ending == .becomes(.stopped))
    let on = plan(guest, .restore(RestoreRequest(snapshot: base, starts: true)))
    #expect(on?.ending == .becomes(.running))
  }

  @Test func aMemberThatServesIsItsGroups() {
    var member = guest(with: [base], group: "web")
    #expect(
      refusal(member, .restore(RestoreRequest(snapshot: base)))
        == .memberOfGroup(
          member.name, group: Samples.name("web"), disk: .persistent, verb: "restore"))
    member.state = .stopped
    #expect(plan(member, .restore(RestoreRequest(snapshot: base))) != nil)
  }

  @Test func twoSnapshotsAtOnceAreTwoWishes() throws {
    let guest = Samples.guest()
    var inventory = Samples.inventory(guests: [guest])
    inventory.operations["op1"] = Operation(
      id: "op1", verb: "snapshot", guest: guest.name, group: nil,
      plan: Plan([], ending: .unchanged), began: .zero)
    #expect(
      guest.decide(.snapshot(try SnapshotRequest()), in: inventory)
        == .refuse(.guestBusy(guest.name, verb: "snapshot")))
  }

  @Test func whatWasDoneForGoodIsNotTakenBack() {
    let operation = Operation(
      id: "op1", verb: "restore", guest: Samples.name("db"), group: nil,
      plan: Plan(
        [.addLayer(1, on: 0), .destroy, .note(.forgotten(base)), .define, .startMachine],
        ending: .becomes(.running), undoesOnFailure: true), began: .zero)
    #expect(operation.undoable(from: 1) == 0..<2)
    #expect(operation.undoable(from: 2) == 0..<3)
    #expect(operation.undoable(from: 4) == 3..<5)
  }

  @Test func anExportOfAGuestThatRunsIsCancelledButForItsMomentsOfNoReturn() throws {
    let cancellable = cancellable(.export(to: "/srv/db.covey"), of: Samples.guest())
    #expect(
      cancellable.map(\.stage) == ["preparing a layer of its disk", "writing the file"],
      "not as it turns, nor once the file has its name")
  }

  @Test func aRestoreIsCancelledUntilTheDiskHasGoneBack() throws {
    let steps = cancellable(.restore(RestoreRequest(snapshot: base)), of: guest(with: [base]))
    #expect(steps.first == .addLayer(2, on: 0))
    #expect(!steps.contains(.define) && !steps.contains(.startMachine))
  }

  /// The steps of a plan at which its operation can be cancelled.
  private func cancellable(_ request: GuestRequest, of guest: Guest) -> [GuestAction] {
    guard let plan = plan(guest, request) else { return [] }
    var operation = Operation(
      id: "op1", verb: request.verb, guest: guest.name, group: nil, plan: plan, began: .zero)
    return plan.steps.indices.filter { index in
      operation.cursor = index
      if case .proceed = operation.decideCancel() { return true } else { return false }
    }.map { plan.steps[$0] }
  }

  /// A start whose health check was late leaves a machine that runs, and writes.
  @Test func whatFailedIsTreatedAsIfItsMachineRan() throws {
    var failed = guest(with: [base, Samples.name("second"), Samples.name("third")])
    failed.state = .failed
    let restore = try #require(plan(failed, .restore(RestoreRequest(snapshot: base))))
    #expect(restore.steps.contains(.shutDown(within: Guest.stopWithin)))
    #expect(restore.ending == .becomes(.stopped))
    let deletion = try #require(plan(failed, .deleteSnapshot(Samples.name("second"))))
    #expect(deletion.steps.contains(.commitLayer(2, into: 1)), "QEMU cannot pull there")
    #expect(taken(plan(failed, .export(to: "/tmp/x"))) != nil)
    #expect(refusal(failed, .seal(as: Samples.name("mine"), snapshot: nil)) != nil)
    failed.state = .stopped
    let off = try #require(plan(failed, .deleteSnapshot(Samples.name("second"))))
    #expect(off.steps.contains(.pullLayer(1, into: 2)))
  }

  private func guest(with names: [Name], group: String? = nil) -> Guest {
    var guest = Samples.guest(group: group)
    for name in names {
      guest.disks.apply(
        .taken(Snapshot(name: name, layer: guest.disks.active), turnedTo: guest.disks.next),
        at: .zero)
    }
    return guest
  }

  private func decision(_ guest: Guest, _ request: GuestRequest) -> Decision<Plan> {
    guest.decide(request, in: Samples.inventory(guests: [guest]))
  }

  private func refusal(_ guest: Guest, _ request: GuestRequest) -> Refusal? {
    guard case .refuse(let refusal) = decision(guest, request) else { return nil }
    return refusal
  }

  private func plan(_ guest: Guest, _ request: GuestRequest) -> Plan? {
    guard case .proceed(let plan) = decision(guest, request) else { return nil }
    return plan
  }

  private func taken(_ plan: Plan?) -> Snapshot? {
    for case .takeSnapshot(let snapshot, _) in plan?.steps ?? [] { return snapshot }
    return nil
  }
}
