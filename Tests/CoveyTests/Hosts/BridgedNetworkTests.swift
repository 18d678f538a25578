import Covey
import Testing

@Suite struct BridgedNetworkTests {
  private func network(
    _ subnet: String, host: String, dynamic: [(String, String)] = [], stp: Bool = false,
    delay: Int = 0
  ) throws -> BridgedNetwork {
    BridgedNetwork(
      name: "covey", bridge: "virbr1", host: try #require(IPv4Address(host)),
      subnet: try #require(IPv4Subnet(subnet)),
      dynamic: try dynamic.map {
        try #require(IPv4Address($0.0))...(try #require(IPv4Address($0.1)))
      }, hasSpanningTree: stp, forwardDelay: delay)
  }

  @Test func guestsGetAddressesThatDHCPGivesToNobodyFirst() throws {
    let network = try network(
      "10.77.0.0/24", host: "10.77.0.1", dynamic: [("10.77.0.224", "10.77.0.254")])
    let pool = try #require(network.pool)
    #expect(pool.description == "10.77.0.2 to 10.77.0.222, 10.77.0.224 to 10.77.0.254")
    #expect(pool.warming == IPv4Address("10.77.0.223"))
    #expect(pool.count == 221 + 31)
    #expect(pool.free(besides: []) == IPv4Address("10.77.0.2"))
  }

  /// As libvirt's own default network has it.
  @Test func whereDHCPGivesAllAwayGuestsShareItsRange() throws {
    let network = try network(
      "192.168.122.0/24", host: "192.168.122.1", dynamic: [("192.168.122.2", "192.168.122.254")])
    let pool = try #require(network.pool)
    #expect(pool.description == "192.168.122.2 to 192.168.122.253")
    #expect(pool.warming == IPv4Address("192.168.122.254"))
  }

  @Test func theHostsOwnAddressIsNobodys() throws {
    let pool = try #require(try network("10.1.0.0/29", host: "10.1.0.4").pool)
    #expect(pool.description == "10.1.0.1 to 10.1.0.3, 10.1.0.5 to 10.1.0.5")
    #expect(pool.warming == IPv4Address("10.1.0.6"))
    let all = Set((1...5).compactMap { IPv4Address("10.1.0.\($0)") })
    #expect(pool.free(besides: all) == nil)
    #expect(
      pool.without([try #require(IPv4Address("10.1.0.1"))]).free(besides: [])?.number == 0x0A01_0002
    )
  }

  @Test(arguments: ["10.1.0.0/32", "10.1.0.0/31", "10.1.0.0/30"])
  func aSubnetWithoutRoomHasNoPool(_ subnet: String) throws {
    #expect(try network(subnet, host: "10.1.0.1").pool == nil)
  }

  @Test func rangesBeyondTheSubnetCountAsFarAsTheyAreInIt() throws {
    let network = try network(
      "10.1.0.0/28", host: "10.1.0.1", dynamic: [("10.0.255.250", "10.1.0.14")])
    #expect(try #require(network.pool).description == "10.1.0.2 to 10.1.0.13")
  }

  @Test func aBridgeThatHoldsCardsBackIsWarnedOf() throws {
    let quick = try network("10.1.0.0/24", host: "10.1.0.1")
    #expect(quick.problems.isEmpty)
    let slow = try network("10.1.0.0/24", host: "10.1.0.1", stp: true, delay: 2)
    #expect(slow.problems.map(\.severity) == [.warning, .warning])
    #expect(slow.problems.map(\.mend).allSatisfy { $0.contains("virsh net-edit covey") })
  }

  @Test(arguments: [
    "10.77.0.0/24", "0.0.0.0/0", "10.77.0.4/30", "127.0.0.1/32",
  ])
  func aSubnetReadsAsItIsWritten(_ text: String) {
    #expect(IPv4Subnet(text)?.description == text)
  }

  @Test(arguments: ["10.77.0.1/24", "10.77.0.0", "10.77.0.0/33", "10.77.0.0/024", "/24", "a/24"])
  func whatNamesNoSubnetIsNone(_ text: String) { #expect(IPv4Subnet(text) == nil) }

  @Test func aSubnetKnowsItsAddresses() throws {
    let subnet = try #require(IPv4Subnet("10.77.4.0/22"))
    #expect(subnet.broadcast == IPv4Address("10.77.7.255"))
    #expect(subnet.contains(try #require(IPv4Address("10.77.5.1"))))
    #expect(!subnet.contains(try #require(IPv4Address("10.77.8.0"))))
    #expect(subnet.hosts?.upperBound == IPv4Address("10.77.7.254"))
    #expect(IPv4Subnet(of: try #require(IPv4Address("10.77.5.1")), prefix: 22) == subnet)
  }
}
