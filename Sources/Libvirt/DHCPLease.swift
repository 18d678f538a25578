import CLibvirt

/// An address that a network's DHCP server has given out (`virNetworkDHCPLease`).
public struct DHCPLease: Sendable, Hashable {
  /// The host's device that the server answers on, such as `virbr0`.
  public let interface: String
  /// When it ends, in seconds since 1970; 0 for one that never ends.
  public let expiry: Int64
  /// Whether the address is IPv6.
  public let isIPv6: Bool
  /// The card's address, in lower case; some IPv6 leases have none.
  public let mac: String?
  /// The address without its prefix length.
  public let address: String
  /// The length of the network's prefix in bits.
  public let prefix: Int
  /// What the guest calls itself, when it says so.
  public let hostname: String?
  /// What the guest's DHCP client calls itself: a client ID or, for IPv6, a DUID.
  public let clientID: String?

  init(_ lease: virNetworkDHCPLease) {
    func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    interface = text(lease.iface) ?? ""
    expiry = lease.expirytime
    isIPv6 = lease.type == Int32(VIR_IP_ADDR_TYPE_IPV6.rawValue)
    mac = text(lease.mac)
    address = text(lease.ipaddr) ?? ""
    prefix = Int(lease.prefix)
    hostname = text(lease.hostname)
    clientID = text(lease.clientid)
  }
}
