import Foundation
import LibvirtXML
import Testing

@testable import Libvirt

/// Real guests on libvirt's embedded driver. One suite, because a process may have only one
/// connection of this kind, and one connection, because opening probes the emulator.
@Suite(.serialized) struct EmbeddedQEMUTests {
  @Test func aGuestLivesThroughEverythingThatTheBindingOffers() async throws {
    let host = try await EmbeddedHost()
    let connection = try await Connection.open(host.root.uri)
    do {
      try await hostIsDescribed(connection)
      let guest = try await connection.define(domainXML: host.guest("life").serialised())
      var events = try await connection.domainEvents().makeAsyncIterator()
      try await guest.start()
      await expectStart(&events, guest)
      try await runningIsReported(guest, host)
      try await monitorsAnswer(guest, host)
      try await pausing(guest, &events)
      try await refusals(guest, connection)
      try await ending(guest, &events)
      try await transientStartedPaused(host, connection)
      try await cancellation(host, connection)
    } catch {
      try await cleanUp(connection)
      throw error
    }
    try await connection.close()
    #expect(connection.core.leftover == 0)
    #expect(connection.core.events.waitForRelease())
    // The root can be used again at once by the same process.
    let again = try await Connection.open(host.root.uri)
    #expect(try await again.domains() == [])
    try await again.close()
    withExtendedLifetime(host) {}
  }

  private func hostIsDescribed(_ connection: Connection) async throws {
    #expect(try await connection.hypervisorType() == "QEMU")
    let host = try await HostCapabilities(parsing: connection.capabilities())
    #expect(host.offers(.qemu, architecture: "x86_64"))
    let guest = try await DomainCapabilities(
      parsing: connection.domainCapabilities(
        architecture: "x86_64", machine: "q35", virtualization: "qemu"))
    #expect(guest.type == .qemu)
    #expect(guest.maximumVCPUs.map { $0 > 1 } == true)
    #expect(guest.cpuModes.contains("maximum"))
  }

  private func expectStart(_ events: inout DomainEvents.Iterator, _ guest: Domain) async {
    let started = DomainEvent.lifecycle(guest, .started(.booted))
    let read = await EventTests.read(&events) { $0 == started }
    #expect(read.last == started)
    #expect(read.contains(.lifecycle(guest, .resumed(.unpaused))))
  }

  private func runningIsReported(_ guest: Domain, _ host: EmbeddedHost) async throws {
    #expect(try await guest.state() == .running(.booted))
    let all = try await guest.connection.allDomainStatistics(flags: [.active, .noWait])
    let own = try #require(all.first { $0.uuid == guest.uuid })
    #expect(own.state == .running(.booted))
    #expect(own.cpuTime.map { $0 > .zero } == true)
    #expect(own.vcpuCount == 1)
    #expect(own.balloonCurrent == 32 << 20)
    #expect(own.balloonRSS.map { $0 > 1 << 20 } == true)
    #expect(own.blocks.map(\.name) == ["vda"])
    #expect(own.blocks.first?.path == host.disk)
    #expect(own.blocks.first?.capacity == 16 << 20)
    #expect(own.interfaces.count == 1)
    #expect(try await guest.memoryStatistics().resident.map { $0 > 1 << 20 } == true)
    #expect(try await guest.blockInfo(path: "vda").capacity == 16 << 20)
    // What libvirt filled in goes through the tree unchanged.
    let text = try await guest.xml()
    let document = try DomainDocument(parsing: text)
    #expect(try document.serialised() + "\n" == text || document.serialised() == text)
    #expect(document.uuid == guest.uuid)
    #expect(document.disks.first?.file == host.disk)
    #expect(document.disks.first?.backingChain == [])
  }

  private func monitorsAnswer(_ guest: Domain, _ host: EmbeddedHost) async throws {
    let status = try await guest.monitor(#"{"execute": "query-status"}"#)
    #expect(status.contains(#""status":"running""#))
    let refusal = try await guest.monitor(#"{"execute": "no-such-command"}"#)
    #expect(refusal.contains("CommandNotFound"))
    #expect(try await guest.humanMonitor("info status").contains("VM status: running"))
    let path = host.folder.path + "/passed"
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    #expect(descriptor >= 0)
    defer { close(descriptor) }
    let passed = try await guest.monitor(
      #"{"execute": "getfd", "arguments": {"fdname": "state"}}"#, passing: [descriptor])
    #expect(passed.contains(#""return":{}"#))
    let closed = try await guest.monitor(
      #"{"execute": "closefd", "arguments": {"fdname": "state"}}"#)
    #expect(closed.contains(#""return":{}"#))
    #expect(fcntl(descriptor, F_GETFD) >= 0)
  }

  private func pausing(_ guest: Domain, _ events: inout DomainEvents.Iterator) async throws {
    try await guest.suspend()
    #expect(try await guest.state() == .paused(.user))
    try await guest.resume()
    #expect(try await guest.state() == .running(.unpaused))
    let resumed = DomainEvent.lifecycle(guest, .resumed(.unpaused))
    let read = await EventTests.read(&events) { $0 == resumed }
    #expect(read.contains(.lifecycle(guest, .suspended(.paused))))
    #expect(read.last == resumed)
  }

  private func refusals(_ guest: Domain, _ connection: Connection) async throws {
    let twice = await #expect(throws: LibvirtError.self) { try await guest.start() }
    #expect(twice?.code == .operationInvalid)
    let missing = await #expect(throws: LibvirtError.self) {
      try await connection.domain(named: "nobody")
    }
    #expect(missing?.code == .noDomain)
    let disk = await #expect(throws: LibvirtError.self) {
      try await guest.blockInfo(path: "vdz")
    }
    #expect(disk?.code == .invalidArgument)
    let agent = await #expect(throws: LibvirtError.self) {
      try await guest.agent(#"{"execute": "guest-ping"}"#, timeout: 1)
    }
    #expect(agent.map { [.argumentUnsupported, .agentUnresponsive].contains($0.code) } == true)
  }

  private func ending(_ guest: Domain, _ events: inout DomainEvents.Iterator) async throws {
    try await guest.destroy()
    #expect(try await guest.state() == .shutOff(.destroyed))
    let stopped = DomainEvent.lifecycle(guest, .stopped(.destroyed))
    #expect(await EventTests.read(&events) { $0 == stopped }.last == stopped)
    let idle = await #expect(throws: LibvirtError.self) { try await guest.suspend() }
    #expect(idle?.code == .operationInvalid)
    try await guest.undefine()
    #expect(await events.next() == .lifecycle(guest, .undefined(.removed)))
    let gone = await #expect(throws: LibvirtError.self) { try await guest.state() }
    #expect(gone?.code == .noDomain)
  }

  private func transientStartedPaused(
    _ host: EmbeddedHost, _ connection: Connection
  ) async throws {
    let guest = try await connection.create(
      domainXML: host.guest("transient").serialised(), flags: .paused)
    #expect(try await guest.state() == .paused(.user))
    #expect(try await !guest.isPersistent)
    try await guest.destroy()
    #expect(try await connection.domains() == [])
  }

  /// Whatever the moment, the outcome that is reported is the one that happened.
  private func cancellation(_ host: EmbeddedHost, _ connection: Connection) async throws {
    let guest = try await connection.define(domainXML: host.guest("cancelled").serialised())
    let starting = Task { try await guest.start() }
    starting.cancel()
    switch await starting.result {
    case .success: #expect(try await guest.isActive)
    case .failure(LibvirtError.Code.cancelled): #expect(try await !guest.isActive)
    case .failure(let error): Issue.record(error)
    }
    if try await guest.isActive { try await guest.destroy() }
    try await guest.undefine()
  }

  private func cleanUp(_ connection: Connection) async throws {
    for domain in try await connection.domains(.active) { try await domain.destroy() }
    for domain in try await connection.domains() { try await domain.undefine() }
    try await connection.close()
  }
}
