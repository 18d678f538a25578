/// Which kind of element of a network's document is updated (`virNetworkUpdateSection`).
///
/// libvirt 9.0 updates `dhcpHost`, `dhcpRange`, `forwardInterface`, `portGroup`, `dnsHost`, `dnsText`
/// and `dnsService`; it refuses the others with `.operationUnsupported`.
public enum NetworkSection: UInt32, Sendable, Hashable, CaseIterable {
  case bridge = 1
  case domain = 2
  case ip = 3
  /// `<host>` below `<ip><dhcp>`: an address that is kept for one card.
  case dhcpHost = 4
  /// `<range>` below `<ip><dhcp>`: addresses for whoever asks.
  case dhcpRange = 5
  case forward = 6
  case forwardInterface = 7
  case forwardFunction = 8
  case portGroup = 9
  /// `<host>` below `<dns>`: the names of one address. An address has one element only, and it is
  /// deleted by its address.
  case dnsHost = 10
  case dnsText = 11
  case dnsService = 12
}
