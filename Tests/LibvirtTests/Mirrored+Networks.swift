@testable import Libvirt

extension Mirrored {
  /// The same for what concerns networks.
  static let numbersOfNetworks: [(String, Int32)] = [
    ("VIR_NETWORK_UPDATE_COMMAND_MODIFY", number(NetworkUpdate.modify)),
    ("VIR_NETWORK_UPDATE_COMMAND_DELETE", number(NetworkUpdate.delete)),
    ("VIR_NETWORK_UPDATE_COMMAND_ADD_LAST", number(NetworkUpdate.addLast)),
    ("VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST", number(NetworkUpdate.addFirst)),
    ("VIR_NETWORK_SECTION_BRIDGE", number(NetworkSection.bridge)),
    ("VIR_NETWORK_SECTION_DOMAIN", number(NetworkSection.domain)),
    ("VIR_NETWORK_SECTION_IP", number(NetworkSection.ip)),
    ("VIR_NETWORK_SECTION_IP_DHCP_HOST", number(NetworkSection.dhcpHost)),
    ("VIR_NETWORK_SECTION_IP_DHCP_RANGE", number(NetworkSection.dhcpRange)),
    ("VIR_NETWORK_SECTION_FORWARD", number(NetworkSection.forward)),
    ("VIR_NETWORK_SECTION_FORWARD_INTERFACE", number(NetworkSection.forwardInterface)),
    ("VIR_NETWORK_SECTION_FORWARD_PF", number(NetworkSection.forwardFunction)),
    ("VIR_NETWORK_SECTION_PORTGROUP", number(NetworkSection.portGroup)),
    ("VIR_NETWORK_SECTION_DNS_HOST", number(NetworkSection.dnsHost)),
    ("VIR_NETWORK_SECTION_DNS_TXT", number(NetworkSection.dnsText)),
    ("VIR_NETWORK_SECTION_DNS_SRV", number(NetworkSection.dnsService)),
    ("VIR_CONNECT_LIST_NETWORKS_INACTIVE", number(NetworkListFilter.inactive)),
    ("VIR_CONNECT_LIST_NETWORKS_ACTIVE", number(NetworkListFilter.active)),
    ("VIR_CONNECT_LIST_NETWORKS_PERSISTENT", number(NetworkListFilter.persistent)),
    ("VIR_CONNECT_LIST_NETWORKS_TRANSIENT", number(NetworkListFilter.transient)),
    ("VIR_CONNECT_LIST_NETWORKS_AUTOSTART", number(NetworkListFilter.autostart)),
    ("VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART", number(NetworkListFilter.noAutostart)),
    ("VIR_NETWORK_UPDATE_AFFECT_LIVE", number(ModificationImpact.live)),
    ("VIR_NETWORK_UPDATE_AFFECT_CONFIG", number(ModificationImpact.config)),
  ]

  private static func number(_ value: some RawRepresentable<UInt32>) -> Int32 {
    Int32(bitPattern: value.rawValue)
  }
}
