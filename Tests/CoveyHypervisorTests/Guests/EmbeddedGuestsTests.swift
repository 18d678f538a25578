import Covey
import CoveyEngine
import Libvirt
import LibvirtXML
import Testing
import Support

@testable import CoveyHypervisor

/// The hypervisor port on real machines. Each test has its own process (`EmbeddedPlace`).
@Suite(.serialized) struct EmbeddedGuestsTests {
  @Test func aMachineIsDefinedStartedMeasuredEndedAndForgotten() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let guest = try await place.guest("db", number: 11)
        let hypervisor = place.hypervisor
        for _ in 1...2 { try await hypervisor.define(guest, from: place.template) }
        #expect(try await hypervisor.observe().map(\.machine) == [.off])
        #expect(try await !hypervisor.isRunning(guest))

        for _ in 1...2 { try await hypervisor.start(guest) }
        #expect(try await hypervisor.isRunning(guest))
        let seen = try #require(try await hypervisor.observe().first)
        #expect(seen.name == guest.name)
        #expect(seen.machine == .running)
        #expect(seen.cpuTime.map { $0 > .zero } == true)
        #expect(seen.cpus == 1)
        #expect(seen.memory.map { $0 > .mebibytes(1) && $0 < .gibibytes(4) } == true)

        // Firmware does not react to the power button: the request returns, and the machine runs on.
        for _ in 1...2 { try await hypervisor.requestShutdown(of: guest) }
        #expect(try await hypervisor.isRunning(guest))

        for _ in 1...2 { try await hypervisor.destroy(guest) }
        let off = try #require(try await hypervisor.observe().first)
        #expect(off.machine == .off)
        #expect(off.cpuTime == nil)
        #expect(off.memory == nil)
        try await hypervisor.requestShutdown(of: guest)
        for _ in 1...2 { try await hypervisor.undefine(guest) }
        #expect(try await hypervisor.observe().isEmpty)
        #expect(await problem { try await hypervisor.start(guest) }?.code == .unavailable)
      }
    }
  }

  @Test func portsAreBoundOnceAndAPortThatIsTakenIsNamed() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let ports = [PortMapping(guest: 80, host: 8080), PortMapping(guest: 443, host: 8443)]
        let guest = try await place.guest("web", number: 12, ports: ports)
        let hypervisor = place.hypervisor
        try await hypervisor.define(guest, from: place.template)
        try await hypervisor.start(guest)

        let intruder = try #require(LoopbackListener(guest.address, port: 8443))
        let refused = await problem { try await hypervisor.exposePorts(of: guest) }
        #expect(refused?.code == .inUse)
        #expect(refused?.message.contains("127.78.250.12:8443 cannot be bound") == true)
        intruder.close()

        for _ in 1...2 {
          #expect(await problem { try await hypervisor.exposePorts(of: guest) } == nil)
        }
        #expect(LoopbackListener(guest.address, port: 8080) == nil)
        #expect(LoopbackListener(guest.address, port: 8443) == nil)
        let usernet = try await hypervisor.requireDomain(of: guest).humanMonitor("info usernet")
        #expect(
          UserNetwork.forwards(in: usernet)
            == Set(ports.map { UserNetwork.Forward(guest.address, $0) }))

        // A new start has a new QEMU, which has bound nothing yet.
        try await hypervisor.destroy(guest)
        try await hypervisor.start(guest)
        let free = try #require(LoopbackListener(guest.address, port: 8080))
        free.close()
        try await hypervisor.exposePorts(of: guest)
        #expect(LoopbackListener(guest.address, port: 8080) == nil)
      }
    }
  }

  @Test func aSuccessorFindsTheGuestsAndHearsOfTheirChanges() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let guest = try await place.guest("db", number: 13, disk: .ephemeral)
        let others = DomainDocument(name: "legacy", memory: 32 << 20)
        _ = try await place.link.connection().define(domainXML: others.serialised())
        try await place.hypervisor.define(guest, from: place.template)
        try await place.hypervisor.start(guest)
        let successor = LibvirtHypervisor(
          link: place.link, installation: "here", files: place.files, sealed: { _, _ in "" },
          accelerator: { .kvm }, warm: WarmPlaces(shelf: "/none"), time: VirtualTime())
        var expected = guest
        expected.state = .unknown
        expected.startedAt = expected.startedAt ?? expected.created
        #expect(try await successor.identities() == [expected])
        #expect(try await successor.observe().map(\.machine) == [.running])

        let domain = try await successor.requireDomain(of: guest)
        try await domain.suspend()
        #expect(try await successor.observe().map(\.machine) == [.paused])
        #expect(try await successor.isRunning(guest))
        try await domain.resume()

        let hints = await successor.hints()
        try await successor.destroy(guest)
        #expect(await hints.first { _ in true } == .changed(uuid: guest.uuid))
        try await successor.undefine(guest)
        #expect(try await successor.observe().isEmpty)
      }
    }
  }

  @Test func aMachineWhoseDiskIsMissingSaysSoInLibvirtsWords() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let guest = try await place.guest("db", number: 14)
        try HostFiles.remove(place.files.disk(of: guest.name))
        try await place.hypervisor.define(guest, from: place.template)
        let refused = await problem { try await place.hypervisor.start(guest) }
        #expect(refused?.code == .unavailable)
        #expect(refused?.message.hasPrefix("starting guest \"db\" failed: ") == true)
        #expect(refused?.message.contains("disk.qcow2") == true)
        #expect(refused?.message.contains("\n") == false)
        #expect(try await !place.hypervisor.isRunning(guest))
      }
    }
  }

  @Test func libvirtsSchemaAndItsDriverTakeEveryMachineThatWasReviewed() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let connection = try await place.link.connection()
        // Hosts without KVM do not take its machines.
        let kinds = GuestMachineTests.Flavour.allCases.filter { ![.testDriver, .kvm].contains($0) }
        for flavour in kinds {
          let machine = flavour.machine
          let xml = try machine.document().serialised()
          let domain = try await connection.define(domainXML: xml, validate: true)
          let kept = try DomainDocument(parsing: try await domain.xml())
          #expect(kept.disks.first?.file == machine.files.disk(of: machine.guest.name))
          #expect(kept.metadata(uri: GuestRecord.namespace) != nil)
          try await domain.undefine()
        }
      }
    }
  }
}
