import Covey
import CoveyHypervisor

extension Configuration {
  /// The libvirt network that guests are to be on.
  struct Bridge: Hashable, Sendable {
    /// What libvirt calls it.
    let name: String
    /// Has a network that is missing made with it.
    let subnet: IPv4Subnet?
  }

  /// Where guests' addresses come from.
  enum AddressSource: Hashable, Sendable {
    case loopback(AddressPool)
    case bridge(Bridge)
  }

  /// Reads `--network` and `--subnet`: an address is where a block of loopback addresses begins, anything else is the name of
  /// a libvirt network.
  ///
  /// - `state`: absolute; each state folder gets a block of its own when nothing is said.
  /// - Throws: `Problem` with `.invalid`.
  static func addresses(
    network: String?, subnet: String?, connect: String, state: String
  ) throws -> AddressSource {
    if let network, IPv4Address(network) == nil, hasNetworks(connect), isName(network) {
      return .bridge(Bridge(name: network, subnet: try subnet.map(Self.subnet)))
    }
    guard subnet == nil else {
      throw Problem(
        .invalid, subject: "subnet", "a subnet is for a libvirt network, and none is named",
        hint: "name one: --connect qemu:///system --network covey --subnet 10.77.0.0/24")
    }
    guard let network else { return .loopback(.standard(block: block(of: state))) }
    guard let address = IPv4Address(network), address.isLoopback,
      IPv4Address(number: address.number + 1023).isLoopback
    else {
      throw Problem(
        .invalid, subject: network, "network \(network) is not a loopback address",
        hint: "use the first address of a block in 127.0.0.0/8, such as 127.77.8.0; "
          + (hasNetworks(connect)
            ? "or the name of a libvirt network"
            : "libvirt networks need a libvirtd: --connect qemu:///system --network NAME"))
    }
    return .loopback(AddressPool(first: IPv4Address(number: address.number + 2), count: 1022))
  }

  /// The in-process driver has no networks, and a user's own libvirtd may not make bridges.
  private static func hasNetworks(_ connect: String) -> Bool {
    !connect.hasPrefix("qemu:///embed") && !connect.hasPrefix("qemu:///session")
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 50
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
  }

  private static func subnet(_ text: String) throws -> IPv4Subnet {
    guard let subnet = IPv4Subnet(text) else {
      throw Problem(
        .invalid, subject: "subnet", "subnet \"\(text)\" is not a subnet",
        hint: "write its lowest address and the length of its prefix, such as 10.77.0.0/24")
    }
    try NewNetwork.check(subnet)
    return subnet
  }

  /// Several covey instances live on one host.
  private static func block(of state: String) -> UInt8 {
    let hash = state.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return UInt8(truncatingIfNeeded: hash ^ hash >> 16)
  }
}
