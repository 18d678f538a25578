import Covey
import Foundation
import Libvirt
import LibvirtXML
import Support
import Testing

@testable import CoveyHypervisor

/// Reservations and names of a network of libvirt's test driver, which keeps them and answers nobody.
struct NetworkReservationTests {
  private let link: LibvirtLink

  private static let domain: HostName = {
    do { return try HostName("vm.test") } catch { fatalError("\(error)") }
  }()

  init() throws {
    let file = "\(try TestPlace.folder("network"))/node.xml"
    let text = """
      <node><cpu><mhz>1000</mhz><model>test</model><active>2</active><nodes>1</nodes>
      <sockets>1</sockets><cores>2</cores><threads>1</threads></cpu><memory>4000000</memory></node>
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    link = LibvirtLink(uri: "test://\(file)")
  }

  private func opened(
    _ installation: String = "here", _ body: (LibvirtNetwork) async throws -> Void
  )
    async throws
  {
    do {
      let subnet = try #require(IPv4Subnet("127.78.250.0/24"))
      let connection = try await link.connection()
      if try await connection.networks().isEmpty {
        // The samples' guests have loopback addresses, of which covey makes no network by itself.
        var document = NetworkDocument(name: "covey")
        document.bridge = "virbr7"
        var address = NetworkAddress(address: "127.78.250.1", prefix: subnet.prefix)
        address.ranges = [("127.78.250.224", "127.78.250.254")]
        document.addresses = [address]
        _ = try await connection.create(networkXML: document.serialised())
      }
      try await body(
        LibvirtNetwork.open(
          "covey", making: nil, domain: Self.domain, on: link, installation: installation))
    } catch {
      await link.close()
      throw error
    }
    await link.close()
  }

  private func reservations(_ network: LibvirtNetwork) async throws -> [String] {
    try await network.source.live().document.reservations
      .map { "\($0.mac ?? "-") \($0.address ?? "-")" }
  }

  private func names(_ network: LibvirtNetwork) async throws -> [String: [String]] {
    let entries = try await network.source.live().document.dnsHosts
    return Dictionary(uniqueKeysWithValues: entries.map { ($0.address, $0.names) })
  }

  private static let other = "00000000-0000-4000-8000-0000000000aa"

  @Test func anAddressIsReservedOnceAndGivenBackOnce() async throws {
    let guest = GuestSamples.guest()
    try await opened { network in
      try await network.reserve(for: guest)
      try await network.reserve(for: guest)
      #expect(try await reservations(network) == ["52:54:00:a2:b3:d4 127.78.250.2"])
      #expect(try await network.occupied() == [guest.address])
      try await network.release(guest)
      try await network.release(guest)
      #expect(try await reservations(network) == [])
    }
  }

  @Test func aCardThatHasAnotherAddressGetsThisOne() async throws {
    try await opened { network in
      try await network.reserve(for: GuestSamples.guest(lastByte: 9))
      try await network.reserve(for: GuestSamples.guest())
      #expect(try await reservations(network) == ["52:54:00:a2:b3:d4 127.78.250.2"])
    }
  }

  @Test func anAddressOfAnotherCardIsNotTaken() async throws {
    try await opened { network in
      try await network.reserve(for: GuestSamples.guest(uuid: Self.other))
      let problem = await #expect(throws: Problem.self) {
        try await network.reserve(for: GuestSamples.guest())
      }
      #expect(problem?.code == .inUse)
      #expect(problem?.message.contains("52:54:00:00:00:aa") == true)
      #expect(problem?.hint.contains("net-update covey delete ip-dhcp-host") == true)
      #expect(try await reservations(network) == ["52:54:00:00:00:aa 127.78.250.2"])
    }
  }

  @Test func aGuestOfAnotherNetworkIsTold() async throws {
    try await opened { network in
      let stranger = try await Self.moved()
      let problem = await #expect(throws: Problem.self) { try await network.reserve(for: stranger) }
      #expect(problem?.code == .invalid)
      #expect(problem?.message.contains("not of network \"covey\"") == true)
      // What it never had need not be given back.
      try await network.release(stranger)
    }
  }

  private static func moved() async throws -> Guest {
    Guest(
      name: Samples.name("db"), uuid: other, template: GuestSamples.template(), group: nil,
      machine: Samples.machine(), disk: .persistent,
      address: try #require(IPv4Address("127.9.9.9")), ports: [],
      health: GuestSamples.template().health, created: .zero)
  }

  @Test func whatAnEarlierWarmingLeftMakesWay() async throws {
    let (early, late) = (GuestSamples.guest(), GuestSamples.guest(uuid: Self.other))
    try await opened { network in
      try await network.reserve(forWarming: early)
      try await network.reserve(forWarming: late)
      #expect(try await reservations(network) == ["52:54:00:00:00:aa 127.78.250.2"])
      try await network.reserve(for: GuestSamples.guest(lastByte: 3))
      try await network.sweepWarming()
      #expect(try await reservations(network) == ["52:54:00:a2:b3:d4 127.78.250.3"])
    }
  }

  @Test func reservationsThatTheNetworkLostAreMadeAgain() async throws {
    let (one, two) = (GuestSamples.guest(), GuestSamples.guest(uuid: Self.other, lastByte: 3))
    try await opened { network in
      try await network.reserve(for: one)
      #expect(try await network.keep([one, two]).map(\.uuid) == [two.uuid])
      #expect(try await network.keep([one, two]).isEmpty)
      #expect(try await reservations(network).count == 2)
    }
  }

  @Test func aNetworkThatIsDownOrGoneIsSaid() async throws {
    let guest = GuestSamples.guest()
    try await opened { network in
      let live = try await network.source.live().network
      let text = try await live.xml()
      try await live.destroy()
      let gone = await #expect(throws: Problem.self) { try await network.reserve(for: guest) }
      #expect(gone?.code == .notFound)
      // Nothing of covey's is in it, and nobody holds an address.
      try await network.release(guest)
      #expect(try await network.occupied() == [])
      _ = try await link.connection().define(networkXML: text)
      let down = await #expect(throws: Problem.self) { try await network.reserve(for: guest) }
      #expect(down?.code == .unavailable)
      #expect(down?.hint.contains("net-start covey") == true)
      try await network.release(guest)
      #expect(await LibvirtNetwork.problems(of: "covey", on: link).map(\.severity) == [.error])
    }
  }

  @Test func aNetworkIsMadeOnceAndStartedWhenItIsDown() async throws {
    let subnet = try #require(IPv4Subnet("10.77.0.0/24"))
    try await opened { _ in
      func open(_ subnet: IPv4Subnet?) async throws -> LibvirtNetwork {
        try await LibvirtNetwork.open(
          "made", making: subnet, domain: Self.domain, on: link, installation: "here")
      }
      let missing = await #expect(throws: Problem.self) { _ = try await open(nil) }
      #expect(missing?.code == .notFound)
      #expect(missing?.hint.contains("--network made --subnet 10.77.0.0/24") == true)
      // The test driver gives no bridge a name; a libvirtd does.
      let problem = await #expect(throws: Problem.self) { _ = try await open(subnet) }
      #expect(problem?.message.contains("has no bridge") == true)
      let made = try await link.connection().network(named: "made")
      #expect(try await made.isActive())
      #expect(try await made.autostart())
      let other = await #expect(throws: Problem.self) {
        try await LibvirtNetwork.open(
          "covey", making: subnet, domain: Self.domain, on: link, installation: "here")
      }
      #expect(other?.code == .conflict)
    }
  }

  @Test func namesAreTheOnesThatWerePublishedLast() async throws {
    let (one, two) = (GuestSamples.address(2), GuestSamples.address(3))
    try await opened { network in
      let dns = LibvirtNames(network: "covey", on: link)
      try await dns.publish(zone(["web": [one, two], "web-1": [one], "web-2": [two]]))
      #expect(
        try await names(network) == [
          "127.78.250.2": ["web-1.vm.test", "web.vm.test"],
          "127.78.250.3": ["web-2.vm.test", "web.vm.test"],
        ])
      try await dns.publish(zone(["web": [two], "web-1": [one], "web-2": [two]]))
      #expect(try await names(network)["127.78.250.2"] == ["web-1.vm.test"])
      try await dns.publish(zone([:]))
      #expect(try await names(network) == [:])
      #expect(await dns.inspect().endpoint?.description == "127.78.250.1:53")
    }
  }

  @Test func whatAnEarlierDaemonPublishedOfAGuestIsTakenOut() async throws {
    let (one, two) = (GuestSamples.address(2), GuestSamples.address(3))
    try await opened { network in
      try await LibvirtNames(network: "covey", on: link).publish(zone(["web": [one, two]]))
      // The first one was stopped while nobody looked.
      try await LibvirtNames(network: "covey", on: link)
        .publish(zone(["web": [two]], owned: [one, two]))
      #expect(try await names(network) == ["127.78.250.3": ["web.vm.test"]])
    }
  }

  @Test func namesOfOthersStayAndOnesThatTheyHaveAreNotPublishedTwice() async throws {
    let (one, two, other) = (
      GuestSamples.address(2), GuestSamples.address(3), GuestSamples.address(9)
    )
    try await opened { network in
      let theirs = LibvirtNames(network: "covey", on: link)
      try await theirs.publish(zone(["web": [other], "printer": [other]]))
      let ours = LibvirtNames(network: "covey", on: link)
      for _ in 1...2 {
        let problem = await #expect(throws: Problem.self) {
          try await ours.publish(zone(["web": [one, two], "web-1": [one]]))
        }
        #expect(problem?.code == .inUse)
        #expect(problem?.message.contains("web.vm.test for 127.78.250.9") == true)
        #expect(
          try await names(network) == [
            "127.78.250.9": ["printer.vm.test", "web.vm.test"],
            "127.78.250.2": ["web-1.vm.test"],
          ])
        #expect(await ours.inspect().problem == problem)
      }
      try await theirs.publish(zone([:]))
      try await ours.publish(zone(["web": [one, two], "web-1": [one]]))
      #expect(try await names(network)["127.78.250.3"] == ["web.vm.test"])
      #expect(await ours.inspect().problem == nil)
    }
  }

  @Test func aGuestsNamesGoWithIt() async throws {
    let guest = GuestSamples.guest()
    try await opened { network in
      try await LibvirtNames(network: "covey", on: link).publish(zone(["db": [guest.address]]))
      try await network.release(guest)
      #expect(try await names(network) == [:])
    }
  }

  private func zone(_ addresses: [String: [IPv4Address]], owned: Set<IPv4Address>? = nil) throws
    -> Zone
  {
    let named = try addresses.map { (try Name($0), $1) }
    return Zone(
      domain: Self.domain, addresses: Dictionary(uniqueKeysWithValues: named), owned: owned)
  }
}
