import Libvirt
import Testing

@Suite struct ConnectionTests {
  @Test func theHostIntroducesItself() async throws {
    try await TestNode().connected { connection async throws in
      #expect(try await connection.hypervisorType() == "TEST")
      #expect(try await connection.libraryVersion() >= Version(major: 9, minor: 0, release: 0))
      #expect(try await connection.hypervisorVersion() == Version(major: 0, minor: 0, release: 2))
      #expect(try await !connection.hostname().isEmpty)
      #expect(try await connection.capabilities().hasPrefix("<capabilities>"))
      #expect(try await connection.isAlive())
    }
  }

  @Test func whatADriverLacksIsATypedError() async throws {
    try await TestNode().connected { connection async throws in
      let error = await #expect(throws: LibvirtError.self) {
        try await connection.domainCapabilities(virtualization: "qemu")
      }
      #expect(error?.code == .noSupport)
      #expect(error?.function == "virConnectGetDomainCapabilities")
      #expect(error?.message.isEmpty == false)
    }
  }

  @Test func anUnusableAddressIsATypedError() async throws {
    let error = await #expect(throws: LibvirtError.self) {
      _ = try await Connection.open("test:///nonexistent/node.xml")
    }
    #expect(error?.function == "virConnectOpen")
    #expect(error.map { $0.code != .unreported } == true)
  }

  @Test func closingTwiceIsClosingOnce() async throws {
    let connection = try await TestNode().open()
    try await connection.close()
    try await connection.close()
    #expect(try await !connection.isAlive())
  }

  @Test func closingTwiceAtOnceEndsBothCallers() async throws {
    let connection = try await TestNode().open()
    async let first: Void = connection.close()
    async let second: Void = connection.close()
    _ = try await (first, second)
    #expect(try await !connection.isAlive())
  }

  @Test func callsAfterCloseAreRefused() async throws {
    let connection = try await TestNode().open()
    try await connection.close()
    let error = await #expect(throws: LibvirtError.self) { try await connection.domains() }
    #expect(error?.code == .connectionClosed)
  }

  @Test func aReadOnlyConnectionRefusesChanges() async throws {
    try await TestNode("a").connected(readOnly: true) { connection async throws in
      let domain = try await connection.domain(named: "a")
      let error = await #expect(throws: LibvirtError.self) { try await domain.destroy() }
      #expect(error?.code == .operationDenied)
    }
  }

  @Test func laneWidthsFollowTheAddress() {
    #expect(LaneWidths.suiting("qemu:///embed?root=/x") == .inProcess)
    #expect(LaneWidths.suiting("test:///default") == .inProcess)
    #expect(LaneWidths.suiting("qemu:///system") == .daemon)
    #expect(LaneWidths.suiting("qemu+ssh://host/system") == .daemon)
    #expect(LaneWidths.daemon.control + LaneWidths.daemon.jobs <= 5)
    #expect(LaneWidths(control: 0, jobs: -1) == LaneWidths(control: 1, jobs: 1))
  }
}
