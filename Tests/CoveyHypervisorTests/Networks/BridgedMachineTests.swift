import Covey
import LibvirtXML
import Support
import Testing

@testable import CoveyHypervisor

struct BridgedMachineTests {
  @Test func aCardOnABridgeIsHeldToTheGuestsOwnAddress() throws {
    let guest = GuestSamples.guest()
    let card = try #require(
      try GuestSamples.machine(guest, network: .covey).document().interfaces.first)
    #expect(card.link == .network("covey"))
    #expect(card.mac == guest.mac)
    #expect(card.filter?.filter == SpoofFilter.name)
    #expect(card.filter?.values(of: "IP") == [guest.address.description])
  }

  @Test func aGuestOnABridgeIsNotToldThatItIsInUserMode() throws {
    let words = try GuestSamples.machine(network: .covey).document().commandLine ?? ""
    #expect(words.contains("covey.name=db"))
    #expect(!words.contains("covey.network"))
  }

  @Test func aWarmSetIsOfOneNetworkAlone() throws {
    func devices(_ network: GuestNetwork) throws -> String {
      try WarmMachine.devices(
        of: GuestSamples.template(), Samples.machine(), type: .qemu, network: network)
    }
    #expect(try devices(.user) != devices(.covey))
    #expect(try devices(.covey) == devices(.covey))
  }

  /// Four rules and nothing that refers to another filter: each costs every start two runs of a program.
  @Test func theFilterIsOneChainOfFourRulesThatEndsInADrop() throws {
    let filter = try Element(parsing: SpoofFilter.document)
    #expect(filter[attribute: "name"] == "covey-guest")
    #expect(filter[all: "filterref"].isEmpty)
    let rules = filter[all: "rule"]
    #expect(rules.map { $0[attribute: "action"] } == ["accept", "accept", "accept", "drop"])
    #expect(rules.allSatisfy { $0[attribute: "direction"] == "out" })
    #expect(rules.last?.elements.isEmpty == true)
  }

  /// What dnsmasq reads: RFC 2131, figure 1, and options 53 and 54 of RFC 2132.
  @Test func aReleaseSaysWhoGivesBackWhatToWhom() throws {
    let release = LeaseRelease(
      address: try #require(IPv4Address("10.77.0.5")), mac: "52:54:00:0a:0b:0c",
      server: try #require(IPv4Address("10.77.0.1")))
    let bytes = release.bytes
    #expect(bytes.count == 300)
    #expect(Array(bytes[0..<4]) == [1, 1, 6, 0])
    #expect(Array(bytes[12..<16]) == [10, 77, 0, 5])
    #expect(Array(bytes[16..<28]) == [UInt8](repeating: 0, count: 12))
    #expect(Array(bytes[28..<34]) == [0x52, 0x54, 0, 0x0a, 0x0b, 0x0c])
    #expect(Array(bytes[236..<240]) == [99, 130, 83, 99])
    #expect(Array(bytes[240..<250]) == [53, 1, 7, 54, 4, 10, 77, 0, 1, 255])
  }
}
