import Covey
import Foundation
import LibvirtXML
import Testing

@testable import CoveyHypervisor

struct BridgedDocumentTests {
  private func read(_ text: String) throws -> BridgedNetwork {
    try BridgedNetwork(NetworkDocument(parsing: text), at: "qemu:///system")
  }

  @Test func libvirtsOwnDefaultNetworkIsFitAndSlow() throws {
    let network = try read(
      """
      <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/>
      <ip address='192.168.122.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>
      """)
    #expect(network.bridge == "virbr0")
    #expect(network.host == IPv4Address("192.168.122.1"))
    #expect(network.subnet == IPv4Subnet("192.168.122.0/24"))
    #expect(network.dynamic.count == 1)
    #expect(network.problems.count == 1)
  }

  @Test func aNetworkThatCoveyMakesIsFitAndQuick() throws {
    let subnet = try #require(IPv4Subnet("10.77.0.0/24"))
    var document = try NewNetwork.document(
      "covey", subnet, domain: HostName("vm.test"))
    // libvirt chooses the name when it is defined.
    document.bridge = "virbr1"
    let network = try read(document.serialised())
    #expect(network.subnet == subnet)
    #expect(network.host == IPv4Address("10.77.0.1"))
    #expect(network.dynamic.map(\.lowerBound) == [IPv4Address("10.77.0.224")])
    #expect(network.dynamic.map(\.upperBound) == [IPv4Address("10.77.0.254")])
    #expect(document.domain == "vm.test")
    #expect(network.problems.isEmpty)
    #expect(network.pool?.count == 221 + 31)
  }

  @Test(arguments: ["10.0.0.0/28", "172.20.0.0/16", "192.168.7.0/26"])
  func everyNetworkThatCoveyMakesHasRoomForGuestsAndForOthers(_ text: String) throws {
    let subnet = try #require(IPv4Subnet(text))
    var document = try NewNetwork.document(
      "covey", subnet, domain: HostName("vm.test"))
    document.bridge = "virbr1"
    let network = try read(document.serialised())
    let open = try #require(network.dynamic.first)
    #expect(subnet.contains(open.lowerBound) && open.upperBound < subnet.broadcast)
    let pool = try #require(network.pool)
    #expect(pool.count > subnet.count / 2)
    #expect(!pool.ranges.contains { $0.contains(pool.warming) || $0.contains(network.host) })
  }

  @Test(arguments: ["10.77.0.0/15", "10.77.0.0/29", "8.8.8.0/24", "127.0.0.0/24"])
  func aSubnetThatIsNotPrivateOrOfAnotherSizeIsRefused(_ text: String) throws {
    let problem = #expect(throws: Problem.self) {
      try NewNetwork.check(IPv4Subnet(text) ?? IPv4Subnet(of: .init(number: 0), prefix: 0))
    }
    #expect(problem?.code == .invalid)
  }

  @Test(arguments: [
    ("<forward mode='hostdev'/>", "has no bridge"),
    ("", "has no bridge"),
    ("<bridge name='br0'/>", "no IPv4 address"),
    ("<forward mode='bridge'/><bridge name='br0'/>", "only stands for the bridge br0"),
    ("<bridge name='br0'/><ip address='10.0.0.1' prefix='24'/>", "has no DHCP"),
    ("<bridge name='br0'/><ip family='ipv6' address='fd00::1' prefix='64'><dhcp/></ip>", "no IPv4"),
    ("<bridge name='br0'/><ip address='ten' prefix='24'><dhcp/></ip>", "cannot be read"),
    ("<bridge name='br0'/><ip address='10.0.0.1' prefix='30'><dhcp/></ip>", "room for no guest"),
  ])
  func aNetworkThatGuestsCannotBeOnSaysWhatItLacks(_ text: String, _ words: String) throws {
    let problem = try #require(
      #expect(throws: Problem.self) {
        _ = try read("<network><name>odd</name>\(text)</network>")
      })
    #expect(problem.code == .unsupported)
    #expect(problem.message.contains("\"odd\""))
    #expect(problem.message.contains(words), "\(problem.message)")
    #expect(problem.hint.contains("--subnet") && problem.hint.contains("net-edit odd"))
  }

  @Test func thePageOfLimitsHasTheSizesOfSubnets() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/limits.md")
    let row = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
      .first { $0.contains("`NewNetwork.prefixAllowed`") }
    let allowed = NewNetwork.prefixAllowed
    #expect(row?.contains("| \(allowed.lowerBound) to \(allowed.upperBound) bits") == true)
  }
}
