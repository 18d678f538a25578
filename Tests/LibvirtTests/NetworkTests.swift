import Libvirt
import LibvirtXML
import Testing

/// Networks of libvirt's test driver, which keeps them as documents only.
@Suite struct NetworkTests {
  private static func document(_ name: String) throws -> String {
    var network = NetworkDocument(name: name)
    network.bridge = "virbr-\(name)"
    var address = NetworkAddress(address: "10.77.0.1", prefix: 24)
    address.ranges = [("10.77.0.224", "10.77.0.254")]
    network.addresses = [address]
    return try network.serialised()
  }

  @Test func aNetworkIsDefinedStartedTakenDownAndRemoved() async throws {
    try await TestNode().connected { connection async throws in
      let network = try await connection.define(networkXML: Self.document("one"))
      #expect(network.name == "one")
      #expect(try await connection.network(named: "one") == network)
      #expect(try await connection.network(uuid: network.uuid) == network)
      #expect(try await !network.isActive())
      #expect(try await network.isPersistent())
      #expect(try await !network.autostart())
      try await network.setAutostart(true)
      #expect(try await network.autostart())
      try await network.start()
      #expect(try await network.isActive())
      #expect(try await network.bridgeName() == "virbr-one")
      #expect(try await connection.networks(.active).map(\.name).contains("one"))
      #expect(try await !connection.networks(.inactive).map(\.name).contains("one"))
      let again = await #expect(throws: LibvirtError.self) { try await network.start() }
      #expect(again?.code == .operationInvalid)
      try await network.destroy()
      try await network.undefine()
      let gone = await #expect(throws: LibvirtError.self) { try await network.xml() }
      #expect(gone?.code == .noNetwork)
    }
  }

  @Test func aTransientNetworkIsGoneOnceItIsDown() async throws {
    try await TestNode().connected { connection async throws in
      let network = try await connection.create(networkXML: Self.document("brief"))
      #expect(try await network.isActive())
      #expect(try await !network.isPersistent())
      try await network.destroy()
      let gone = await #expect(throws: LibvirtError.self) {
        _ = try await connection.network(named: "brief")
      }
      #expect(gone?.code == .noNetwork)
    }
  }

  @Test func anElementIsAddedChangedAndDeletedInPlace() async throws {
    try await TestNode().connected { connection async throws in
      let network = try await connection.create(networkXML: Self.document("lan"))
      let host = "<host mac='52:54:00:00:00:05' ip='10.77.0.5'/>"
      try await network.update(.addLast, .dhcpHost, host, impact: .live)
      let twice = await #expect(throws: LibvirtError.self) {
        try await network.update(.addLast, .dhcpHost, host, impact: .live)
      }
      #expect(twice?.code == .operationInvalid)
      let moved = "<host mac='52:54:00:00:00:05' ip='10.77.0.6'/>"
      try await network.update(.modify, .dhcpHost, moved, impact: .live)
      let kept = try NetworkDocument(parsing: await network.xml()).addresses[0].reservations
      #expect(kept.map(\.address) == ["10.77.0.6"])
      try await network.update(
        .delete, .dhcpHost, "<host mac='52:54:00:00:00:05'/>", parent: 0, impact: .live)
      #expect(try NetworkDocument(parsing: await network.xml()).addresses[0].reservations == [])
    }
  }

  @Test func whatADriverHasNotItSays() async throws {
    try await TestNode().connected { connection async throws in
      let filters = await #expect(throws: LibvirtError.self) {
        _ = try await connection.networkFilters()
      }
      #expect(filters?.code == .noSupport)
      let network = try await connection.create(networkXML: Self.document("mute"))
      let leases = await #expect(throws: LibvirtError.self) { _ = try await network.leases() }
      #expect(leases?.code == .noSupport)
    }
  }
}
