import LibvirtXML
import Testing

@testable import Libvirt

extension EmbeddedDiskTests {
  /// Backups of a running guest's disk, and the checkpoints that they go on from.
  @Suite struct Backups {
    @Test func aBackupHoldsEverythingOrWhatChangedSinceACheckpoint() async {
      await #expect(processExitsWith: .success) {
        try await DiskHost.with { place in
          var events = try await place.connection.domainEvents().makeAsyncIterator()
          let guest = try await place.start()
          let full = try await Backups.full(guest, place, &events)
          try await Backups.increment(on: full, guest, place, &events)
          try await Backups.afterASnapshot(guest, place, &events)
          try await Backups.refusals(guest, full)
          try await Backups.giveUp(guest, place, &events)
          try await Backups.checkpoints(guest, place)
        }
      }
    }

    /// A guest on an overlay; the backup is one image without another below it.
    private static func full(
      _ guest: Domain, _ place: DiskHost, _ events: inout DomainEvents.Iterator
    ) async throws -> String {
      try await place.write(1, at: 1, guest)
      let top = try await place.overlay("top.qcow2", on: place.host.disk)
      try await place.snapshot(guest, into: top)
      try await place.write(2, at: 2, guest)
      let image = place.path("full.qcow2")
      try await guest.beginBackup(
        xml: BackupDocument(disks: [.push("vda", file: image)]).serialised(),
        checkpointXML: CheckpointDocument(name: "one", disks: [.bitmap("vda")]).serialised())
      let end = try #require(await backupEnd(&events))
      #expect(end.operation == .backup)
      #expect(end.succeeded == true)
      #expect(end.disk == .init(processed: 16 << 20, remaining: 0, total: 16 << 20))
      #expect(try await guest.jobProgress(completed: true) == end)
      #expect(try await guest.jobProgress(completed: true) == end)
      #expect(try await guest.jobProgress() == nil)

      #expect(try await place.facts(image).backing == nil)
      for number in 1...2 { #expect(try await place.holds(UInt8(number), at: number, image)) }
      #expect(try await guest.checkpointNames() == ["one"])
      let checkpoint = try CheckpointDocument(parsing: await guest.checkpointXML("one"))
      #expect(checkpoint.name == "one")
      #expect(checkpoint.parent == nil)
      #expect(checkpoint.disks.map(\.bitmap) == ["one"])
      #expect(checkpoint.creationTime.map { $0 > 1_700_000_000 } == true)
      return image
    }

    /// What changed since goes into an image on top of the full backup's, so that it reads as a
    /// whole. libvirt itself would put it on top of the guest's image.
    private static func increment(
      on full: String, _ guest: Domain, _ place: DiskHost,
      _ events: inout DomainEvents.Iterator
    ) async throws {
      try await place.write(3, at: 3, guest)
      let image = try await place.overlay("increment.qcow2", on: full)
      try await guest.beginBackup(
        xml: BackupDocument(disks: [.push("vda", file: image)], since: "one").serialised(),
        checkpointXML: CheckpointDocument(name: "two", disks: [.bitmap("vda")]).serialised(),
        reuseExternal: true)
      let end = await backupEnd(&events)
      #expect(end?.disk?.total == 1 << 20)
      #expect(try await place.facts(image).backing == full)
      for number in 1...3 { #expect(try await place.holds(UInt8(number), at: number, image)) }
      #expect(try await place.holds(0, at: 3, full))
      #expect(try await guest.checkpointNames() == ["one", "two"])
      let second = try CheckpointDocument(parsing: await guest.checkpointXML("two"))
      #expect(second.parent == "one")
    }

    /// A snapshot takes the checkpoints along; a new image of libvirt's own making would read
    /// through to the guest's.
    private static func afterASnapshot(
      _ guest: Domain, _ place: DiskHost, _ events: inout DomainEvents.Iterator
    ) async throws {
      let top = try #require(try await place.chain(guest).first)
      let overlay = try await place.overlay("next.qcow2", on: top)
      try await place.snapshot(guest, into: overlay)
      try await place.write(4, at: 4, guest)
      let image = place.path("later.qcow2")
      try await guest.beginBackup(
        xml: BackupDocument(disks: [.push("vda", file: image)], since: "two").serialised(),
        checkpointXML: nil)
      #expect(await backupEnd(&events)?.disk?.total == 1 << 20)
      #expect(try await place.facts(image).backing == overlay)
      #expect(try await place.holds(4, at: 4, image))
    }

    private static func refusals(_ guest: Domain, _ existing: String) async throws {
      let unknown = BackupDocument(disks: [.push("vda", file: "/none/b")], since: "none")
      let taken = BackupDocument(disks: [.push("vda", file: existing)])
      for (document, code) in [
        (unknown, LibvirtError.Code.noCheckpoint), (taken, .invalidArgument),
      ] {
        let xml = try document.serialised()
        #expect(
          await refusal { try await guest.beginBackup(xml: xml, checkpointXML: nil) } == code)
      }
      #expect(await refusal { _ = try await guest.backupXML() } == .noBackup)
      #expect(await refusal { _ = try await guest.checkpointXML("none") } == .noCheckpoint)
    }

    /// One that would be pulled goes on until it is ended, so it can be looked at.
    private static func giveUp(
      _ guest: Domain, _ place: DiskHost, _ events: inout DomainEvents.Iterator
    ) async throws {
      var document = BackupDocument(disks: [])
      document.root[attribute: "mode"] = "pull"
      document.root.edit("server") {
        $0.attributes = [.init("transport", "unix"), .init("socket", place.path("nbd"))]
      }
      document.root.edit("disks", "disk") {
        $0.attributes = [.init("name", "vda"), .init("type", "file")]
      }
      document.root.edit("disks", "disk", "scratch") {
        $0[attribute: "file"] = place.path("scratch")
      }
      try await guest.beginBackup(xml: document.serialised(), checkpointXML: nil)
      #expect(try await guest.jobProgress()?.operation == .backup)
      #expect(try await guest.blockJob(on: "vda")?.kind == .backup)
      let shown = try BackupDocument(parsing: await guest.backupXML())
      #expect(shown.mode == "pull")
      #expect(shown.disks.map(\.name) == ["vda"])
      #expect(
        await refusal { try await guest.commit("vda", top: nil, into: nil, .active) }
          == .operationUnsupported)
      try await guest.abortJob()
      #expect(await backupEnd(&events)?.errorMessage == "Operation canceled")
    }

    /// Checkpoints outlive the process; with the domain off only their record can be looked at.
    private static func checkpoints(_ guest: Domain, _ place: DiskHost) async throws {
      let second = try await guest.checkpointXML("two")
      let again = try CheckpointDocument(name: "two", disks: [.bitmap("vda")]).serialised()
      #expect(await refusal { try await guest.createCheckpoint(xml: again) } == .operationFailed)
      try await guest.destroy()
      let top = try #require(try await place.chain(guest, .inactive).first)
      #expect(try await Set(place.facts(top).bitmaps) == ["one", "two"])
      #expect(await refusal { try await guest.deleteCheckpoint("one") } == .operationUnsupported)
      let fresh = try CheckpointDocument(name: "three", disks: [.bitmap("vda")]).serialised()
      #expect(
        await refusal { try await guest.createCheckpoint(xml: fresh) } == .operationUnsupported)
      try await guest.deleteCheckpoint("two", metadataOnly: true)
      try await guest.createCheckpoint(xml: second, .redefine)
      #expect(await refusal { try await guest.undefine() } == .operationInvalid)
      try await guest.start()
      #expect(try await guest.checkpointNames() == ["one", "two"])
      try await guest.deleteCheckpoint("two", metadataOnly: true)
      #expect(try await guest.checkpointNames() == ["one"])
      try await guest.createCheckpoint(xml: second, [.redefine, .validate])
      #expect(try await guest.checkpointNames() == ["one", "two"])
      try await guest.deleteCheckpoint("one")
      #expect(try await guest.checkpointNames() == ["two"])
      try await guest.destroy()
      #expect(try await place.facts(top).bitmaps == ["two"])
      try await guest.undefine(.checkpointsMetadata)
      #expect(try await place.facts(top).bitmaps == ["two"])
    }
  }
}
