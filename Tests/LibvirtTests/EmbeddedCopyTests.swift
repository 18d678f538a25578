import LibvirtXML
import Testing

@testable import Libvirt

extension EmbeddedDiskTests {
  /// Copies of a running guest's disk, and its size.
  @Suite struct Copies {
    @Test func aDiskMovesToItsCopyOrStaysWhereItWas() async {
      await #expect(processExitsWith: .success) {
        try await DiskHost.with { place in
          var events = try await place.connection.domainEvents().makeAsyncIterator()
          let guest = try await place.start()
          let copy = try await Copies.move(guest, place, &events)
          try await Copies.stay(on: copy, guest, place, &events)
          try await Copies.resize(copy, guest, place)
        }
      }
    }

    /// A copy of the topmost image alone, to which the guest moves. Returns the copy.
    private static func move(
      _ guest: Domain, _ place: DiskHost, _ events: inout DomainEvents.Iterator
    ) async throws -> String {
      let base = place.host.disk
      try await place.write(1, at: 1, guest)
      let source = try await place.overlay("source.qcow2", on: base)
      try await place.snapshot(guest, into: source)
      try await place.write(2, at: 2, guest)

      let copy = try await place.overlay("copy.qcow2", on: base)
      var destination = DiskDevice(file: copy, target: "vda")
      destination.backingChain = [BackingImage(file: base, format: "qcow2")]
      let xml = try destination.element.serialised()
      let persistent = await refusal {
        try await guest.copy("vda", to: xml, [.shallow, .reuseExternal])
      }
      #expect(persistent == .operationInvalid)
      try await guest.copy("vda", to: xml, [.shallow, .reuseExternal, .transientJob])
      #expect(await next(&events) == .init(.copy, .ready))
      try await copying(to: copy, from: source, guest, place)
      try await place.write(3, at: 3, guest)
      try await guest.endBlockJob(on: "vda", .pivot)
      #expect(await next(&events) == .init(.copy, .completed))

      #expect(try await place.chain(guest) == [copy, base])
      #expect(try await place.chain(guest, .inactive) == [copy, base])
      #expect(try await place.facts(copy).backing == base)
      try await place.write(4, at: 4, guest)
      for number in 1...4 { #expect(try await place.holds(UInt8(number), at: number, copy)) }
      #expect(try await place.holds(3, at: 3, source))
      #expect(try await place.holds(0, at: 4, source))
      return copy
    }

    /// A copy in its second phase is shown, and keeps other operations out.
    private static func copying(
      to copy: String, from source: String, _ guest: Domain, _ place: DiskHost
    ) async throws {
      let disk = try await place.disk(guest)
      #expect(disk.file == source)
      #expect(disk.mirror?.job == .copy)
      #expect(disk.mirror?.file == copy)
      #expect(disk.mirror?.format == "qcow2")
      #expect(disk.mirror?.isReady == true)
      #expect(try await place.disk(guest, .inactive).mirror == nil)
      let overlay = try await place.overlay("refused.qcow2", on: source)
      #expect(
        await refusal { try await place.snapshot(guest, into: overlay) } == .blockCopyActive)
      #expect(
        await refusal { try await guest.save(to: place.path("refused")) } == .operationInvalid)
      #expect(await refusal { try await guest.resizeBlock("vda", to: 1 << 25) } == .internalError)
    }

    /// A full copy that is given up.
    private static func stay(
      on image: String, _ guest: Domain, _ place: DiskHost,
      _ events: inout DomainEvents.Iterator
    ) async throws {
      let copy = place.path("full.qcow2")
      let xml = try DiskDevice(file: copy, target: "vda").element.serialised()
      try await guest.copy("vda", to: xml, bandwidth: 1, granularity: 65536, .transientJob)
      let slow = try #require(try await guest.blockJob(on: "vda"))
      #expect(slow.kind == .copy)
      #expect(slow.bandwidth == 1)
      #expect(slow.total == 16 << 20)
      #expect(
        await refusal { try await guest.endBlockJob(on: "vda", .pivot) } == .blockCopyActive)
      try await guest.setBlockJobBandwidth("vda", to: 0)
      #expect(await next(&events) == .init(.copy, .ready))
      try await guest.endBlockJob(on: "vda")
      #expect(await next(&events) == .init(.copy, .canceled))

      #expect(try await place.chain(guest) == [image, place.host.disk])
      #expect(try await place.disk(guest).mirror == nil)
      try await place.write(5, at: 5, guest)
      #expect(try await place.holds(5, at: 5, image))
      #expect(try await place.facts(copy).backing == nil)
      for number in 1...4 { #expect(try await place.holds(UInt8(number), at: number, copy)) }
      #expect(try await place.holds(0, at: 5, copy))
    }

    private static func resize(
      _ image: String, _ guest: Domain, _ place: DiskHost
    ) async throws {
      try await guest.resizeBlock("vda", to: 24 << 20)
      #expect(try await place.facts(image).size == 24 << 20)
      #expect(try await guest.blockInfo(path: "vda").capacity == 24 << 20)
      try await guest.resizeBlock("vda", to: 24 << 20 | 1)
      #expect(try await place.facts(image).size == 24 << 20 | 512)
      // The base keeps its size; the overlay reads zeroes behind its end.
      #expect(try await place.facts(place.host.disk).size == 16 << 20)
      try await guest.destroy()
      #expect(
        await refusal { try await guest.resizeBlock("vda", to: 1 << 25) } == .operationInvalid)
    }
  }
}
