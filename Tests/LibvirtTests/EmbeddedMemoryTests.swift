import LibvirtXML
import Testing

@testable import Libvirt

extension EmbeddedDiskTests {
  /// A guest's memory in files.
  @Suite struct Memory {
    @Test func aGuestGoesOnFromItsMemoryOnTheImageOfItsDocument() async {
      await #expect(processExitsWith: .success) {
        try await DiskHost.with { place in
          let guest = try await place.start()
          let memory = try await Memory.snapshot(guest, place)
          try await Memory.restoreElsewhere(memory, guest, place)
          try await Memory.saveAndRestore(guest, place)
          try await Memory.giveASaveUp(place)
        }
      }
    }

    /// A snapshot with the memory of a running guest, after which it is ended. Returns the file.
    private static func snapshot(_ guest: Domain, _ place: DiskHost) async throws -> String {
      let base = place.host.disk
      try await place.write(1, at: 1, guest)
      let overlay = try await place.overlay("after.qcow2", on: base)
      let memory = place.path("memory")
      let document = SnapshotDocument(
        disks: [.external("vda", file: overlay)], memory: .external(file: memory))
      try await guest.createSnapshot(
        xml: document.serialised(), [.noMetadata, .reuseExternal, .atomic, .live, .validate])
      #expect(try await guest.state() == .running(.unpaused))
      #expect(try await place.chain(guest) == [overlay, base])
      let job = try #require(try await guest.jobProgress(completed: true))
      #expect(job.type == .completed)
      #expect(job.operation == .snapshot)
      #expect(job.memory.map { $0.total > 32 << 20 && $0.remaining == 0 } == true)
      #expect(job.elapsed.map { $0 > .zero } == true)
      try await place.write(2, at: 2, guest)
      try await guest.destroy()
      #expect(try await place.chain(guest, .inactive) == [overlay, base])
      return memory
    }

    /// The guest of the snapshot, on another overlay than the one that it went on in.
    private static func restoreElsewhere(
      _ memory: String, _ guest: Domain, _ place: DiskHost
    ) async throws {
      let base = place.host.disk
      let definition = try await place.chain(guest, .inactive)
      let other = try await place.overlay("other.qcow2", on: base)
      var document = try DomainDocument(
        parsing: await place.connection.savedImageXML(at: memory))
      #expect(document.uuid == guest.uuid)
      // The file knows the disk as it was before the snapshot.
      #expect(document.disks.first?.file == base)
      document.disks[0].file = other
      document.disks[0].backingChain = [BackingImage(file: base, format: "qcow2")]
      try await place.connection.restore(from: memory, xml: document.serialised())
      #expect(try await guest.state() == .running(.restored))
      #expect(try await place.chain(guest) == [other, base])
      // A restore leaves the definition alone.
      #expect(try await place.chain(guest, .inactive) == definition)
      try await place.write(3, at: 3, guest)
      #expect(try await place.holds(1, at: 1, other))
      #expect(try await place.holds(0, at: 2, other))
      #expect(try await place.holds(3, at: 3, other))
      #expect(place.exists(memory))
      #expect(
        await refusal { try await place.connection.restore(from: memory) } == .operationInvalid)
    }

    private static func saveAndRestore(_ guest: Domain, _ place: DiskHost) async throws {
      let (connection, file) = (place.connection, place.path("saved"))
      let chain = try await place.chain(guest)
      try await guest.save(to: file, .paused)
      #expect(try await guest.state() == .shutOff(.saved))
      #expect(try await guest.jobProgress(completed: true)?.operation == .save)
      var wider = try DomainDocument(parsing: await connection.savedImageXML(at: file))
      wider.memory = 64 << 20
      let text = try wider.serialised()
      #expect(
        await refusal { try await connection.restore(from: file, xml: text) }
          == .configurationUnsupported)
      let image = place.host.disk
      #expect(await refusal { try await connection.restore(from: image) } == .operationFailed)
      #expect(await refusal { try await connection.restore(from: "/none") } == .systemError)
      #expect(
        await refusal { _ = try await connection.savedImageXML(at: image) } == .operationFailed)
      try await connection.restore(from: file)
      #expect(try await !guest.state().isRunning)
      #expect(try await place.chain(guest) == chain)
      try await guest.resume()
    }

    /// A save that is ended half-way leaves the guest running and no file.
    private static func giveASaveUp(_ place: DiskHost) async throws {
      // So large that the save cannot end before it is ended.
      var document = place.host.guest("large")
      document.memory = 2 << 30
      document.disks = []
      let guest = try await place.connection.create(domainXML: document.serialised())
      #expect(try await guest.jobProgress() == nil)
      #expect(await refusal { try await guest.abortJob() } == .operationInvalid)
      let file = place.path("given-up")
      async let saved = refusal { try await guest.save(to: file) }
      var job: JobProgress?
      while job == nil { job = try await guest.jobProgress() }
      #expect(job?.operation == .save)
      #expect(job?.type == .unbounded)
      try await guest.abortJob()
      #expect(await saved == .operationAborted)
      #expect(try await guest.state() == .running(.saveCanceled))
      #expect(!place.exists(file))
    }
  }
}

extension DomainState {
  /// Whether the processors run.
  fileprivate var isRunning: Bool {
    guard case .running = self else { return false }
    return true
  }
}
