import Covey
import Foundation
import Testing

@testable import coveyd

struct ConfigurationTests {
  private func configuration(
    flags: Configuration.Source = .init(), environment: [String: String] = [:],
    file text: String? = nil
  ) throws -> Configuration {
    let folder = try ShortFolder()
    let file = try text.map { try folder.write($0, to: "coveyd.yaml") }
    return try Configuration(flags: flags, environment: environment, file: file)
  }

  private func refusal(of text: String) -> Problem? {
    #expect(throws: Problem.self) { _ = try configuration(file: text) }
  }

  private let everywhere = [
    "COVEY_STATE": "/e/state", "COVEY_SOCKET": "/e/socket", "COVEY_CONNECT": "e:///",
    "COVEY_NETWORK": "127.2.0.0",
  ]
  private let written = """
    state: /f/state
    socket: /f/socket
    connect: f:///
    network: 127.3.0.0
    """

  /// Else every snapshot, backup and move would fail, and only then say why.
  @Test func anotherUserThanRootIsRefusedWhereQEMUHasAnAccountOfItsOwn() throws {
    let system = try configuration(flags: .init(state: "/g", connect: "qemu:///system"))
    #expect { try system.requireAccount(1000) } throws: { ($0 as? Problem)?.code == .invalid }
    try system.requireAccount(0)
    try configuration(flags: .init(state: "/g", connect: "qemu:///embed?root=/g"))
      .requireAccount(1000)
  }

  @Test func flagsWinOverEverything() throws {
    let found = try configuration(
      flags: .init(
        state: "/g/state", socket: "/g/socket", connect: "g:///", network: "127.1.0.0"),
      environment: everywhere, file: written)
    #expect(found.state.root == "/g/state")
    #expect(found.socket == "/g/socket")
    #expect(found.connect == "g:///")
    #expect(found.pool?.first == IPv4Address("127.1.0.2"))
  }

  @Test func theEnvironmentWinsOverTheFile() throws {
    let found = try configuration(environment: everywhere, file: written)
    #expect(found.state.root == "/e/state")
    #expect(found.socket == "/e/socket")
    #expect(found.connect == "e:///")
    #expect(found.pool?.first == IPv4Address("127.2.0.2"))
  }

  @Test func theFileWinsOverTheDefaults() throws {
    let found = try configuration(file: written)
    #expect(found.state.root == "/f/state")
    #expect(found.socket == "/f/socket")
    #expect(found.connect == "f:///")
    #expect(found.pool?.first == IPv4Address("127.3.0.2"))
  }

  @Test func namesEndWithTheDomainThatIsSet() throws {
    #expect(try configuration().domain.text == "covey")
    #expect(try configuration().dns == nil)
    let found = try configuration(
      flags: .init(dns: "127.0.0.1:5400"),
      environment: ["COVEY_DOMAIN": "vm.example.org", "COVEY_DNS": "127.0.0.1:5401"],
      file: "domain: file\ndns: 127.0.0.1:5402")
    #expect(found.domain.text == "vm.example.org")
    #expect(found.dns?.description == "127.0.0.1:5400")
  }

  @Test(arguments: [
    "domain: Covey", "domain: -covey", "domain: a..b", "domain: 'covey/127.0.0.1'", "domain: ''",
    "domain: 10.0", "domain: 127.0.0.1", "domain: \(String(repeating: "a.", count: 95))b",
    "dns: 127.0.0.1", "dns: localhost:53", "dns: 127.0.0.1:0", "dns: 127.0.0.1:70000",
  ])
  func aDomainOrAddressThatCannotBeIsRefused(_ line: String) {
    #expect(refusal(of: line)?.code == .invalid)
  }

  @Test func sourcesAreMergedFieldByField() throws {
    let found = try configuration(
      flags: .init(connect: "g:///"), environment: ["COVEY_SOCKET": "/e/socket"], file: written)
    #expect(found.state.root == "/f/state")
    #expect(found.socket == "/e/socket")
    #expect(found.connect == "g:///")
  }

  @Test func withoutASourceEverythingLiesInTheStateFolder() throws {
    let found = try configuration(flags: .init(state: "/srv/covey"))
    #expect(found.socket == "/srv/covey/coveyd.sock")
    #expect(found.connect == "qemu:///embed?root=/srv/covey/libvirt")
    #expect(found.pool?.first.isLoopback == true)
    let empty = try configuration(flags: .init(state: "/srv/covey"), file: "")
    #expect(empty.socket == found.socket)
    #expect(try configuration().state.root == Configuration.defaultState)
  }

  @Test func aRelativePathIsMadeAbsolute() throws {
    let found = try configuration(flags: .init(state: "here/../there"))
    #expect(found.state.root == FileManager.default.currentDirectoryPath + "/there")
  }

  @Test func anUnknownKeyIsNamedWithTheKnownOnes() {
    let refused = refusal(of: "state: /srv/covey\nsockt: /x\n")
    #expect(refused?.code == .invalid)
    #expect(refused?.message.contains("unknown key \"sockt\"") == true)
    #expect(
      refused?.hint
        == "known keys: state, socket, connect, network, subnet, domain, dns, haproxyTemplate, haproxySocket"
    )
  }

  @Test func haproxysTemplateAndSocketExcludeEachOther() throws {
    let found = try configuration(
      flags: .init(state: "/srv/covey", haproxySocket: "/run/haproxy.sock"), file: "")
    #expect(found.haproxySocket == "/run/haproxy.sock" && found.haproxyTemplate == nil)
    let refused = refusal(of: "haproxyTemplate: /a.cfg\nhaproxySocket: /b.sock\n")
    #expect(refused?.code == .invalid && refused?.hint == "give one of the two")
    let dns = refusal(of: "connect: qemu:///system\nnetwork: covey\ndns: 127.0.0.1:53\n")
    #expect(dns?.code == .invalid && dns?.subject == "dns")
  }

  @Test(
    arguments: [
      "- a\n- b\n", "just words", "1: /srv/covey", "state: [a]", "state: {a: b}", "{", "a: b: c",
    ])
  func aFileThatIsNotTheExpectedMappingIsRefused(_ text: String) {
    #expect(refusal(of: text)?.code == .invalid)
  }

  @Test func aFileThatCannotBeReadIsNamed() {
    let refused = #expect(throws: Problem.self) {
      try Configuration(flags: .init(), environment: [:], file: "/nowhere/coveyd.yaml")
    }
    #expect(refused?.code == .invalid)
    #expect(refused?.message.contains("/nowhere/coveyd.yaml cannot be read") == true)
  }

  @Test(
    arguments: [
      "10.0.0.0", "128.0.0.0", "127.77", "localhost", "", "127.0.0.0/8", "::1",
      // The block would leave the loopback network.
      "127.255.255.0", "127.255.255.255",
    ])
  func aNetworkThatIsNotWhollyLoopbackIsRefused(_ network: String) {
    let refused = #expect(throws: Problem.self) {
      try configuration(flags: .init(state: "/srv/covey", network: network))
    }
    #expect(refused?.code == .invalid)
    #expect(refused?.hint.contains("127.77.8.0") == true)
  }

  @Test func aPathThatLeavesNoRoomForSocketsIsRefused() throws {
    let fits = 107 - StateFolder.longestBelow
    let root = { (length: Int) in "/" + String(repeating: "s", count: length - 1) }
    #expect(try configuration(flags: .init(state: root(fits))).state.root.utf8.count == fits)
    let refused = #expect(throws: Problem.self) {
      try configuration(flags: .init(state: root(fits + 1)))
    }
    #expect(refused?.code == .invalid)
    #expect(refused?.message.contains("too long") == true)
    #expect(throws: Problem.self) {
      try configuration(flags: .init(state: "/srv/covey", socket: root(108)))
    }
  }

  @Test func theAddressBlockOfAStateFolderIsStable() throws {
    let spellings = ["/srv/quail", "/srv/quail/", "/srv/./quail", "/srv/x/../quail"]
    let pools = try spellings.map { try configuration(flags: .init(state: $0)).pool }
    #expect(Set(pools).count == 1)
    // Written down: another block after an update would take running guests' addresses away.
    #expect(pools.first??.first == IPv4Address("127.77.36.2"))
  }

  @Test func stateFoldersSpreadOverTheBlocks() throws {
    let firsts = try (0..<64).map {
      try configuration(flags: .init(state: "/srv/covey-\($0)")).pool?.first
    }
    #expect(Set(firsts).count > 24)
  }
}

extension Configuration {
  /// The loopback addresses; nil where guests are on a libvirt network.
  fileprivate var pool: AddressPool? {
    guard case .loopback(let pool) = addresses else { return nil }
    return pool
  }
}
