import LibvirtXML
import Testing

@testable import Libvirt

extension EmbeddedDiskTests {
  /// Chains of images below a running guest.
  @Suite struct Chains {
    @Test func snapshotsMakeAChainLongerAndCommitsAndPullsMakeItShorter() async {
      await #expect(processExitsWith: .success) {
        try await DiskHost.with { place in
          var events = try await place.connection.domainEvents().makeAsyncIterator()
          let guest = try await place.start()
          let images = try await Chains.grow(guest, place)
          try await Chains.mergeInside(images, guest, place, &events)
          try await Chains.mergeTheTop(images, guest, place, &events)
          try await Chains.refusals(guest)
          try await Chains.pull(images, guest, place, &events)
          try await Chains.refusalsWhenOff(guest)
        }
      }
    }

    /// Three overlays; image n has what was written at n, and nothing else.
    private static func grow(_ guest: Domain, _ place: DiskHost) async throws -> [String] {
      var images = [place.host.disk]
      for number in 1...3 {
        try await place.write(UInt8(number), at: number, guest)
        images.append(try await place.overlay("\(number).qcow2", on: images[number - 1]))
        try await place.snapshot(guest, into: images[number])
        #expect(try await place.chain(guest) == images.reversed())
        #expect(try await place.chain(guest, .inactive) == images.reversed())
      }
      try await place.write(4, at: 4, guest)
      for number in 1...4 {
        #expect(try await place.holds(UInt8(number), at: number, images[number - 1]))
      }
      #expect(try await place.holds(0, at: 4, images[2]))
      #expect(try await place.disk(guest).element["source"]?[attribute: "index"] != nil)
      return images
    }

    /// An image in the middle goes into the one below it.
    private static func mergeInside(
      _ images: [String], _ guest: Domain, _ place: DiskHost,
      _ events: inout DomainEvents.Iterator
    ) async throws {
      try await guest.commit("vda", top: images[2], into: images[1])
      #expect(await next(&events) == .init(.commit, .completed))
      let left = [images[3], images[1], images[0]]
      #expect(try await place.chain(guest) == left)
      #expect(try await place.chain(guest, .inactive) == left)
      #expect(try await place.facts(images[3]).backing == images[1])
      #expect(try await place.holds(3, at: 3, images[1]))
      #expect(try await place.holds(0, at: 4, images[1]))
    }

    /// The guest's own image goes into the one below it, and the guest with it.
    private static func mergeTheTop(
      _ images: [String], _ guest: Domain, _ place: DiskHost,
      _ events: inout DomainEvents.Iterator
    ) async throws {
      try await guest.commit("vda", top: nil, into: images[1], [.active, .delete])
      #expect(await next(&events) == .init(.activeCommit, .ready))
      let mirror = try #require(try await place.disk(guest).mirror)
      #expect(mirror.job == .activeCommit)
      #expect(mirror.file == images[1])
      #expect(mirror.isReady)
      let job = try #require(try await guest.blockJob(on: "vda"))
      #expect(job.kind == .activeCommit)
      #expect(job.done == job.total)
      #expect(job.bandwidth == 0)

      try await place.write(5, at: 5, guest)
      try await guest.endBlockJob(on: "vda", .pivot)
      #expect(await next(&events) == .init(.activeCommit, .completed))
      #expect(try await guest.blockJob(on: "vda") == nil)
      #expect(try await place.disk(guest).mirror == nil)
      #expect(try await place.chain(guest) == [images[1], images[0]])
      #expect(try await place.chain(guest, .inactive) == [images[1], images[0]])
      for number in 4...5 {
        #expect(try await place.holds(UInt8(number), at: number, images[1]))
      }
      // `.delete` removed what was merged, and only that.
      #expect(!place.exists(images[3]))
      #expect(place.exists(images[2]))
    }

    /// What is below comes up, until nothing is below.
    private static func pull(
      _ images: [String], _ guest: Domain, _ place: DiskHost,
      _ events: inout DomainEvents.Iterator
    ) async throws {
      try await guest.pull("vda", above: nil, bandwidth: 1 << 30)
      #expect(await next(&events) == .init(.pull, .completed))
      #expect(try await place.chain(guest) == [images[1]])
      #expect(try await place.chain(guest, .inactive) == [images[1]])
      #expect(try await place.facts(images[1]).backing == nil)
      // The job is complete, but QEMU keeps part of what it pulled to itself until it is paused.
      try await guest.suspend()
      try await guest.resume()
      try await place.crash(guest)
      for number in 1...5 {
        #expect(try await place.holds(UInt8(number), at: number, images[1]))
      }
    }

    private static func refusals(_ guest: Domain) async throws {
      #expect(await refusal { _ = try await guest.connection.storagePools() } == .noSupport)
      #expect(await refusal { try await guest.freezeFilesystems() } == .argumentUnsupported)
      try await guest.setAgentResponseTimeout(seconds: nil)
      #expect(await refusal { try await guest.endBlockJob(on: "vda") } == .invalidArgument)
      #expect(await refusal { _ = try await guest.blockJob(on: "vdz") } == .invalidArgument)
      #expect(
        await refusal { try await guest.commit("vda", top: nil, into: nil) } == .invalidArgument)
      #expect(
        await refusal { try await guest.commit("vda", top: "/none", into: nil) }
          == .invalidArgument)
    }

    private static func refusalsWhenOff(_ guest: Domain) async throws {
      #expect(await refusal { _ = try await guest.blockJob(on: "vda") } == .operationInvalid)
      #expect(await refusal { try await guest.pull("vda", above: nil) } == .operationInvalid)
      #expect(await refusal { try await guest.endBlockJob(on: "vda") } == .operationInvalid)
      #expect(
        await refusal { try await guest.commit("vda", top: nil, into: nil, .active) }
          == .invalidArgument)
    }
  }
}
