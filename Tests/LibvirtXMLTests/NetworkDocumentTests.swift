import LibvirtXML
import Testing

@Suite struct NetworkDocumentTests {
  static let text = """
    <network connections='2'>
      <name>covey</name>
      <uuid>ab21e8f6-394c-469c-8bb6-2c5ddd3939d8</uuid>
      <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
      <bridge name='virbr-cv' stp='off' delay='0'/>
      <mac address='52:54:00:92:5f:f3'/>
      <domain name='covey' localOnly='yes'/>
      <dns><host ip='10.77.0.6'><hostname>web</hostname><hostname>web-1</hostname></host></dns>
      <ip address='10.77.0.1' netmask='255.255.255.0'>
        <dhcp>
          <range start='10.77.0.200' end='10.77.0.254'/>
          <host mac='52:54:00:00:00:05' name='web-1' ip='10.77.0.6'/>
        </dhcp>
      </ip>
      <ip family='ipv6' address='fd00::1' prefix='64'/>
    </network>
    """

  @Test func aNetworkSaysWhatItIs() throws {
    let network = try NetworkDocument(parsing: Self.text)
    #expect(network.name == "covey")
    #expect(network.uuid == "ab21e8f6-394c-469c-8bb6-2c5ddd3939d8")
    #expect(network.forwardMode == "nat")
    #expect(network.bridge == "virbr-cv")
    #expect(!network.hasSpanningTree)
    #expect(network.forwardDelay == 0)
    #expect(network.domain == "covey")
    #expect(network.keepsDomainLocal)
    #expect(network.answersDNS)
    #expect(network.dnsHosts == [DNSHostEntry(address: "10.77.0.6", names: ["web", "web-1"])])
    let (four, six) = (network.addresses[0], network.addresses[1])
    #expect(four.address == "10.77.0.1")
    #expect(four.prefix == 24)
    #expect(four.hasDHCP && !four.isIPv6)
    #expect(four.ranges.map(\.first) == ["10.77.0.200"])
    #expect(four.ranges.map(\.last) == ["10.77.0.254"])
    let kept = try #require(four.reservations.first)
    #expect(kept.mac == "52:54:00:00:00:05")
    #expect(kept.name == "web-1")
    #expect(kept.address == "10.77.0.6")
    #expect(six.isIPv6 && !six.hasDHCP && six.prefix == 64)
  }

  @Test func aNetworkIsBuiltFromNothing() throws {
    var network = NetworkDocument(name: "covey")
    network.forwardMode = "nat"
    network.bridge = "virbr-cv"
    network.hasSpanningTree = false
    network.forwardDelay = 0
    network.domain = "covey"
    network.keepsDomainLocal = true
    var address = NetworkAddress(address: "10.77.0.1", prefix: 24)
    address.ranges = [("10.77.0.224", "10.77.0.254")]
    address.reservations = [DHCPReservation(mac: "52:54:00:00:00:05", address: "10.77.0.6")]
    network.addresses = [address]
    network.dnsHosts = [DNSHostEntry(address: "10.77.0.6", names: ["web"])]
    #expect(
      try network.serialised() == """
        <network>
          <name>covey</name>
          <forward mode='nat'/>
          <bridge name='virbr-cv' stp='off' delay='0'/>
          <domain name='covey' localOnly='yes'/>
          <ip address='10.77.0.1' prefix='24'>
            <dhcp>
              <range start='10.77.0.224' end='10.77.0.254'/>
              <host mac='52:54:00:00:00:05' ip='10.77.0.6'/>
            </dhcp>
          </ip>
          <dns>
            <host ip='10.77.0.6'>
              <hostname>web</hostname>
            </host>
          </dns>
        </network>
        """)
  }

  @Test func whatIsNotSaidIsAsLibvirtTakesIt() throws {
    let network = try NetworkDocument(parsing: "<network><name>n</name><forward/></network>")
    #expect(network.forwardMode == "nat")
    #expect(network.bridge == nil)
    #expect(network.hasSpanningTree)
    #expect(network.addresses.isEmpty && network.dnsHosts.isEmpty)
    #expect(throws: XMLProblem.unexpectedRoot("pool", expected: "network")) {
      try NetworkDocument(parsing: "<pool/>")
    }
  }

  @Test func whatIsChangedLeavesTheRestAsItWas() throws {
    var network = try NetworkDocument(parsing: Self.text)
    network.dnsHosts = []
    network.hasSpanningTree = true
    #expect(network.root["forward"]?.at("nat", "port") != nil)
    #expect(network.root["mac"] != nil)
    #expect(network.bridge == "virbr-cv")
  }

  @Test(arguments: [
    ("255.255.255.0", 24), ("255.255.0.0", 16), ("0.0.0.0", 0), ("255.255.255.255", 32),
    ("255.0.255.0", nil), ("255.255.255", nil), ("mask", nil),
  ])
  func aNetmaskIsAPrefixOrNothing(_ mask: String, _ prefix: Int?) {
    let element = Element("ip", attributes: [.init("netmask", mask)])
    #expect(NetworkAddress(element: element).prefix == prefix)
  }

  @Test func aCardNamesItsFilterAndWhatItIsToKnow() throws {
    var card = InterfaceDevice(.network("covey"), mac: "52:54:00:00:00:05")
    card.filter = FilterReference(filter: "covey-guest", parameters: ["IP": "10.77.0.5"])
    #expect(card.filter?.filter == "covey-guest")
    #expect(card.filter?.values(of: "IP") == ["10.77.0.5"])
    let other = try Element(
      parsing: """
        <interface type='network'><filterref filter='clean'><parameter name='IP' value='1.2.3.4'/>
        <parameter name='IP' value='1.2.3.5'/></filterref></interface>
        """)
    #expect(InterfaceDevice(element: other).filter?.values(of: "IP") == ["1.2.3.4", "1.2.3.5"])
    card.filter = nil
    #expect(card.element["filterref"] == nil)
  }
}
