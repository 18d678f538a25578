import Covey
import Support
import Testing

/// What UEFI firmware remembers goes back with the disk.
struct FirmwareRulesTests {
  private let base = Samples.name("base")

  private func guest(_ firmware: Firmware? = .uefi) -> Guest {
    let sample = (guest: Samples.guest(state: .stopped), template: Samples.template())
    let template = Template(
      name: sample.template.name, digest: sample.template.digest, summary: "",
      machine: sample.template.machine, kernelArguments: "", ports: [80],
      health: sample.template.health, files: sample.template.files, firmware: firmware,
      created: .zero)
    var guest = Guest(
      name: sample.guest.name, uuid: sample.guest.uuid, template: template, group: nil,
      machine: sample.guest.machine, disk: .persistent, address: sample.guest.address,
      ports: sample.guest.ports, health: sample.guest.health, created: .zero)
    guest.state = .stopped
    return guest
  }

  private func steps(_ guest: Guest, _ request: GuestRequest) -> [GuestAction] {
    guard case .proceed(let plan) = guest.decide(request, in: Samples.inventory(guests: [guest]))
    else { return [] }
    return plan.steps
  }

  /// The guest after the steps, by what they note.
  private func after(_ steps: [GuestAction], _ guest: Guest) -> Guest {
    var guest = guest
    for step in steps {
      switch step {
      case .takeSnapshot(let snapshot, let layer):
        guest.disks.apply(.taken(snapshot, turnedTo: layer), at: .zero)
      case .note(let change): guest.disks.apply(change, at: .zero)
      default: continue
      }
    }
    return guest
  }

  @Test func aSnapshotHasACopyFromBeforeTheGuestTurns() throws {
    let guest = guest()
    let steps = steps(guest, .snapshot(try SnapshotRequest(name: base)))
    #expect(steps.prefix(2) == [.addLayer(1, on: 0), .copyFirmwareState(0, to: 1)])
    let taken = after(steps, guest)
    #expect(taken.disks.snapshot(base)?.firmwareState == 1)
    #expect(taken.disks.firmwareState == 0)
    #expect(steps[1].undo == .dropFirmwareState(1))
  }

  @Test func aRestoreGoesOnWithACopyAndLeavesTheOther() throws {
    let taken = try after(
      steps(guest(), .snapshot(SnapshotRequest(name: base))), guest())
    let steps = steps(taken, .restore(RestoreRequest(snapshot: base)))
    #expect(steps.prefix(2) == [.addLayer(2, on: 0), .copyFirmwareState(1, to: 2)])
    let restored = after(steps, taken)
    #expect(restored.disks.firmwareState == 2)
    #expect(restored.disks.snapshot(Samples.name("left-1"))?.firmwareState == 0)
    #expect(!steps.contains { if case .dropFirmwareState = $0 { true } else { false } })

    let gone = self.steps(restored, .deleteSnapshot(Samples.name("left-1")))
    #expect(gone.contains(.dropFirmwareState(0)))
  }

  @Test func whatIsDiscardedGoesOnceTheDiskIsBack() throws {
    let taken = try after(
      steps(guest(), .snapshot(SnapshotRequest(name: base))), guest())
    let steps = steps(taken, .restore(RestoreRequest(snapshot: base, discards: true)))
    let noted = try #require(steps.firstIndex { if case .note = $0 { true } else { false } })
    let dropped = try #require(steps.firstIndex(of: .dropFirmwareState(0)))
    #expect(noted < dropped)
  }

  @Test(arguments: [Firmware.bios, nil]) func othersHaveNone(_ firmware: Firmware?) throws {
    let steps = steps(guest(firmware), .snapshot(try SnapshotRequest(name: base)))
    #expect(!steps.isEmpty)
    #expect(!steps.contains { if case .copyFirmwareState = $0 { true } else { false } })
    #expect(after(steps, guest(firmware)).disks.snapshot(base)?.firmwareState == nil)
  }

  @Test func firmwareThatFoundNothingIsUnderstood() {
    let bios = ["Booting from Hard Disk...", "No bootable device."]
    #expect(Firmware.bios.hint(after: bios)?.contains("--firmware uefi") == true)
    #expect(Firmware.uefi.hint(after: ["Shell> "])?.contains("--firmware bios") == true)
    #expect(Firmware.bios.hint(after: ["login:"]) == nil)
    #expect(Firmware.uefi.hint(after: bios) == nil)
  }
}
