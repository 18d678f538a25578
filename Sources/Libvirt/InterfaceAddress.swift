import CLibvirt

/// One network address of a guest (`virDomainIPAddress` of one `virDomainInterface`).
public struct InterfaceAddress: Sendable, Hashable {
  /// The interface's name: on the host for leases and ARP, in the guest for the agent.
  public let interface: String
  /// The hardware address, when known.
  public let mac: String?
  /// The address without its prefix length.
  public let address: String
  /// The length of the network's prefix in bits.
  public let prefix: Int
  /// Whether the address is IPv6.
  public let isIPv6: Bool

  /// Who knows addresses (`virDomainInterfaceAddressesSource`).
  public enum Source: Int32, Sendable, Hashable {
    /// The leases of libvirt's DHCP server.
    case lease = 0
    /// The guest agent.
    case agent = 1
    /// The host's neighbour table.
    case arp = 2
  }

  static func all(of interface: virDomainInterface) -> [InterfaceAddress] {
    guard let addresses = interface.addrs else { return [] }
    return (0..<Int(interface.naddrs)).map { index in
      let address = addresses[index]
      return InterfaceAddress(
        interface: interface.name.map { String(cString: $0) } ?? "",
        mac: interface.hwaddr.map { String(cString: $0) },
        address: address.addr.map { String(cString: $0) } ?? "",
        prefix: Int(address.prefix),
        isIPv6: address.type == Int32(VIR_IP_ADDR_TYPE_IPV6.rawValue))
    }
  }
}
