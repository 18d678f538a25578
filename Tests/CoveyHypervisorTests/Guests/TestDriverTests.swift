import Covey
import CoveyEngine
import Foundation
import Libvirt
import LibvirtXML
import Testing
import Support

@testable import CoveyHypervisor

/// The hypervisor port on libvirt's test driver, which keeps definitions and states but runs nothing.
struct TestDriverTests {
  let hypervisor: LibvirtHypervisor

  /// A node of its own for each test; the driver reads the file when it is opened.
  init() throws {
    let file = "\(try TestPlace.folder("node"))/node.xml"
    let text = """
      <node><cpu><mhz>1000</mhz><model>test</model><active>2</active><nodes>1</nodes>
      <sockets>1</sockets><cores>2</cores><threads>1</threads></cpu><memory>4000000</memory></node>
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    hypervisor = LibvirtHypervisor(
      link: LibvirtLink(uri: "test://\(file)"), installation: "here", files: GuestSamples.files,
      sealed: { role, _ in "/sealed/\(role.rawValue)" }, accelerator: { .kvm },
      warm: WarmPlaces(shelf: "/none"), time: VirtualTime())
  }

  private func closing(_ body: () async throws -> Void) async throws {
    do { try await body() } catch {
      await hypervisor.link.close()
      throw error
    }
    await hypervisor.link.close()
  }

  @Test func aGuestIsDefinedStartedSeenEndedAndForgotten() async throws {
    let guest = GuestSamples.guest()
    try await closing {
      try await hypervisor.define(guest, from: GuestSamples.template())
      #expect(try await hypervisor.observe().map(\.machine) == [.off])
      #expect(try await !hypervisor.isRunning(guest))
      try await hypervisor.start(guest)
      #expect(try await hypervisor.isRunning(guest))
      try await hypervisor.exposePorts(of: guest)
      let seen = try #require(try await hypervisor.observe().first)
      #expect(seen.name == guest.name)
      #expect(seen.uuid == guest.uuid)
      #expect(seen.machine == .running)
      try await hypervisor.destroy(guest)
      #expect(try await hypervisor.observe().first?.machine == .off)
      #expect(try await !hypervisor.hasPoweredOff(guest))
      try await hypervisor.start(guest)
      try await hypervisor.requestShutdown(of: guest)
      #expect(try await hypervisor.hasPoweredOff(guest))
      try await hypervisor.undefine(guest)
      #expect(try await hypervisor.observe().isEmpty)
      #expect(try await hypervisor.identities().isEmpty)
    }
  }

  @Test func libvirtsSchemaAcceptsTheReviewedDocument() async throws {
    let flavour = GuestMachineTests.Flavour.testDriver
    try await closing {
      let connection = try await hypervisor.link.connection()
      let xml = try flavour.machine.document().serialised()
      _ = try await connection.define(domainXML: xml, validate: true)
    }
  }

  @Test func everyWishThatIsAlreadyTrueSucceeds() async throws {
    let guest = GuestSamples.guest()
    try await closing {
      try await hypervisor.destroy(guest)
      try await hypervisor.undefine(guest)
      try await hypervisor.requestShutdown(of: guest)
      for _ in 1...2 { try await hypervisor.define(guest, from: GuestSamples.template()) }
      for _ in 1...2 { try await hypervisor.start(guest) }
      for _ in 1...2 { try await hypervisor.requestShutdown(of: guest) }
      #expect(try await !hypervisor.isRunning(guest))
      for _ in 1...2 { try await hypervisor.destroy(guest) }
      for _ in 1...2 { try await hypervisor.undefine(guest) }
    }
  }

  @Test func whatWasNeverDefinedCannotStart() async throws {
    try await closing {
      let refused = await problem { try await hypervisor.start(GuestSamples.guest()) }
      #expect(refused?.code == .unavailable)
      #expect(refused?.subject == "guest db")
    }
  }

  @Test func membershipIsRebuiltFromTheMachinesAlone() async throws {
    let member = GuestSamples.guest("web-3", group: "web", disk: .ephemeral)
    try await closing {
      try await hypervisor.define(member, from: GuestSamples.template())
      // Another daemon, which has no record of the guest.
      let successor = LibvirtHypervisor(
        link: hypervisor.link, installation: "here", files: GuestSamples.files,
        sealed: { _, _ in "" },
        accelerator: { .tcg }, warm: WarmPlaces(shelf: "/none"), time: VirtualTime())
      var expected = member
      expected.state = .unknown
      expected.startedAt = expected.startedAt ?? expected.created
      #expect(try await successor.identities() == [expected])
      #expect(try await successor.observe().map(\.name) == [member.name])
    }
  }

  @Test func machinesOfOthersAreNeverSeen() async throws {
    try await closing {
      let others = DomainDocument(name: "legacy", type: .test)
      _ = try await hypervisor.link.connection().define(domainXML: others.serialised())
      for _ in 1...2 {
        #expect(try await hypervisor.observe().isEmpty)
        #expect(try await hypervisor.identities().isEmpty)
      }
    }
  }

  @Test func aGuestOfTheSameNameThatIsNotCoveysIsInTheWay() async throws {
    try await closing {
      let others = DomainDocument(name: "db", type: .test)
      _ = try await hypervisor.link.connection().define(domainXML: others.serialised())
      let refused = await problem {
        try await hypervisor.define(GuestSamples.guest(), from: GuestSamples.template())
      }
      #expect(refused?.message.contains("defining guest \"db\" failed") == true)
    }
  }

  @Test func aChangeBehindCoveysBackGivesAHint() async throws {
    let guest = GuestSamples.guest()
    try await closing {
      try await hypervisor.define(guest, from: GuestSamples.template())
      let hints = await hypervisor.hints()
      let domain = try await hypervisor.link.connection().domain(uuid: guest.uuid)
      try await domain.start()
      #expect(await hints.first { _ in true } == .changed(uuid: guest.uuid))
    }
  }

  @Test func aDeadConnectionEndsTheHintsAndIsOpenedAnew() async throws {
    try await closing {
      let hints = await hypervisor.hints()
      try await hypervisor.link.connection().close()
      var last: HypervisorHint?
      for await hint in hints { last = hint }
      #expect(last == nil || last == .lookAtAll)
      #expect(try await hypervisor.observe().isEmpty)
    }
  }

  @Test func aConnectionThatCannotBeOpenedSaysWhereAndWhatToDo() async throws {
    let link = LibvirtLink(uri: "test:///nowhere/node.xml")
    let refused = await problem { _ = try await link.connection() }
    #expect(refused?.code == .unavailable)
    #expect(refused?.subject == "test:///nowhere/node.xml")
    #expect(refused?.hint.contains("virsh -c test:///nowhere/node.xml") == true)
    await link.close()
  }

  @Test func withoutAConnectionThereAreNoHints() async throws {
    let lost = LibvirtHypervisor(
      link: LibvirtLink(uri: "test:///nowhere/node.xml"), installation: "here",
      files: GuestSamples.files,
      sealed: { _, _ in "" }, accelerator: { .tcg }, warm: WarmPlaces(shelf: "/none"),
      time: VirtualTime())
    #expect(await lost.hints().first { _ in true } == nil)
    #expect(await problem { _ = try await lost.observe() }?.code == .unavailable)
  }
}
