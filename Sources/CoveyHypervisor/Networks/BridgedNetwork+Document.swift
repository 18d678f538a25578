import Covey
import LibvirtXML

extension BridgedNetwork {
  /// Reads a network as guests need it: with a bridge of the host's, and one IPv4 subnet with DHCP.
  ///
  /// - `uri`: where the network is, for hints.
  /// - Throws: `Problem` with `.unsupported`, which says what the network lacks and how it gets that.
  init(_ document: NetworkDocument, at uri: String) throws {
    let lack = Lack(name: document.name, uri: uri)
    if let mode = document.forwardMode,
      ["hostdev", "passthrough", "private", "vepa"].contains(mode)
    {
      throw lack.problem("gives guests devices of the host's (mode \(mode)), and has no bridge")
    }
    guard let bridge = document.bridge else { throw lack.problem("has no bridge") }
    let four = document.addresses.filter { !$0.isIPv6 }
    guard let first = four.first else {
      throw lack.problem(
        document.forwardMode == "bridge"
          ? "only stands for the bridge \(bridge), whose addresses libvirt does not give out"
          : "has no IPv4 address")
    }
    let address = four.first { $0.hasDHCP } ?? first
    guard address.hasDHCP else { throw lack.problem("has no DHCP") }
    guard let host = address.address.flatMap(IPv4Address.init), let prefix = address.prefix else {
      throw lack.problem("has an IPv4 address that cannot be read")
    }
    self.init(
      name: document.name, bridge: bridge, host: host,
      subnet: IPv4Subnet(of: host, prefix: prefix),
      dynamic: address.ranges.compactMap { range in
        guard let from = IPv4Address(range.first), let to = IPv4Address(range.last), from <= to
        else { return nil }
        return from...to
      },
      hasSpanningTree: document.hasSpanningTree,
      forwardDelay: document.forwardDelay)
    guard pool != nil else {
      throw lack.problem("has the subnet \(subnet), in which there is room for no guest")
    }
  }

  private struct Lack {
    let name: String
    let uri: String

    func problem(_ what: String) -> Problem {
      Problem(
        .unsupported, subject: "network \(name)",
        "libvirt's network \"\(name)\" \(what); guests need a bridge with an IPv4 subnet and DHCP",
        hint:
          "have covey make one, with a name that is free: coveyd --connect \(uri) --network NAME "
          + "--subnet 10.77.0.0/24; or mend it: virsh -c \(uri) net-edit \(name)")
    }
  }
}
