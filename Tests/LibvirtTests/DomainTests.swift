import Libvirt
import Testing

@Suite struct DomainTests {
  @Test func domainsAreListedByFilter() async throws {
    try await TestNode("a", "b").connected { connection async throws in
      let defined = try await connection.define(domainXML: TestNode.domainXML("c"))
      #expect(try await Set(connection.domains().map(\.name)) == ["a", "b", "c"])
      #expect(try await Set(connection.domains(.active).map(\.name)) == ["a", "b"])
      #expect(try await connection.domains([.inactive, .persistent]) == [defined])
      #expect(try await connection.domains(.transient) == [])
    }
  }

  @Test func aDomainIsFoundByNameAndUUID() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      #expect(domain.uuid.count == 36)
      #expect(try await connection.domain(uuid: domain.uuid) == domain)
      #expect(try await connection.domain(uuid: domain.uuid.uppercased()) == domain)
    }
  }

  @Test func whatIsMissingIsNoDomain() async throws {
    try await TestNode().connected { connection async throws in
      let byName = await #expect(throws: LibvirtError.self) {
        try await connection.domain(named: "nobody")
      }
      #expect(byName?.code == .noDomain)
      let byUUID = await #expect(throws: LibvirtError.self) {
        try await connection.domain(uuid: "6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b")
      }
      #expect(byUUID?.code == .noDomain)
      let malformed = await #expect(throws: LibvirtError.self) {
        try await connection.domain(uuid: "x")
      }
      #expect(malformed?.code == .invalidArgument)
    }
  }

  @Test func aLifeFromDefinitionToRemoval() async throws {
    try await TestNode().connected { connection async throws in
      let domain = try await connection.define(domainXML: TestNode.domainXML("a"))
      #expect(try await !domain.state().isActive)
      #expect(try await domain.isPersistent)
      try await domain.start()
      #expect(try await domain.state() == .running(.booted))
      #expect(try await domain.isActive)
      try await domain.suspend()
      #expect(try await domain.state() == .paused(.user))
      try await domain.resume()
      #expect(try await domain.state() == .running(.unpaused))
      try await domain.shutdown()
      #expect(try await domain.state() == .shutOff(.shutdown))
      try await domain.undefine()
      let error = await #expect(throws: LibvirtError.self) { try await domain.state() }
      #expect(error?.code == .noDomain)
    }
  }

  @Test func aRefusalNamesTheFunctionAndTheReason() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      let error = await #expect(throws: LibvirtError.self) { try await domain.start() }
      #expect(error?.function == "virDomainCreateWithFlags")
      #expect(error?.message.contains("already running") == true)
      #expect(error.map { "\($0)".contains("virDomainCreateWithFlags: ") } == true)
    }
  }

  @Test func aTransientDomainIsGoneWhenItStops() async throws {
    try await TestNode().connected { connection async throws in
      let domain = try await connection.create(domainXML: TestNode.domainXML("t"))
      #expect(try await domain.state().isActive)
      #expect(try await !domain.isPersistent)
      try await domain.destroy()
      #expect(try await connection.domains() == [])
    }
  }

  @Test func aBrokenDocumentIsATypedError() async throws {
    try await TestNode().connected { connection async throws in
      let malformed = await #expect(throws: LibvirtError.self) {
        try await connection.define(domainXML: "<domain")
      }
      #expect(malformed.map { [.xmlMalformed, .xmlError].contains($0.code) } == true)
      let nameless = await #expect(throws: LibvirtError.self) {
        try await connection.define(domainXML: "<domain type='test'/>")
      }
      #expect(nameless?.function == "virDomainDefineXMLFlags")
    }
  }

  @Test func metadataIsSetReadAndRemovedByNamespace() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      #expect(try await domain.metadata(uri: "urn:x") == nil)
      try await domain.setMetadata("<guest group='web'/>", key: "x", uri: "urn:x")
      #expect(try await domain.metadata(uri: "urn:x") == "<guest group=\"web\"/>")
      #expect(try await domain.xml().contains("<x:guest xmlns:x=\"urn:x\" group=\"web\"/>"))
      try await domain.setMetadata(nil, key: "x", uri: "urn:x")
      #expect(try await domain.metadata(uri: "urn:x") == nil)
    }
  }

  @Test func sizesAndAutostartAreReported() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      let info = try await domain.info()
      #expect(info.memory == 64 << 20)
      #expect(info.vcpus == 1)
      try await domain.setAutostart(true)
      #expect(try await domain.isAutostarted)
      #expect(try await connection.domains(.autostarted) == [domain])
    }
  }

  @Test func domainsOfDifferentConnectionsAreDifferent() async throws {
    let node = try TestNode("a")
    try await node.connected { first async throws in
      try await node.connected { second async throws in
        let one = try await first.domain(named: "a")
        let other = try await second.domain(named: "a")
        #expect(one != other)
        #expect(try await Set([one, first.domain(uuid: one.uuid), other]).count == 2)
      }
    }
  }

  @Test func statisticsComeInOneCall() async throws {
    try await TestNode("a", "b").connected { connection async throws in
      let all = try await connection.allDomainStatistics([.state], flags: [.active])
      #expect(Set(all.map(\.name)) == ["a", "b"])
      #expect(all.allSatisfy { $0.state == .running(.booted) || $0.state == .running(.unknown) })
      #expect(all.allSatisfy { $0.uuid.count == 36 && $0.cpuTime == nil && $0.blocks.isEmpty })
    }
  }
}
