import Covey
import LibvirtXML

/// The network that covey makes where it is asked to: quick, with NAT to the world, and with names below its own domain. Pure.
public enum NewNetwork {
  /// How long the prefix of its subnet may be: room for a few guests, and no more than Linux's bridges hold well.
  public static let prefixAllowed = 16...28

  /// The host has the first address. The last eighth of the subnet is for whoever asks, such as machines that are not
  /// covey's; all others are guests'.
  ///
  /// - Throws: `Problem` with `.invalid` for a subnet of another size or one that is not private.
  static func document(_ name: String, _ subnet: IPv4Subnet, domain: HostName) throws
    -> NetworkDocument
  {
    try check(subnet)
    var network = NetworkDocument(name: name)
    network.forwardMode = "nat"
    // Cards speak at once: there is one bridge, and no way round in a circle.
    network.hasSpanningTree = false
    network.forwardDelay = 0
    network.domain = domain.text
    network.keepsDomainLocal = true
    let first = subnet.base.number + 1
    let last = subnet.broadcast.number - 1
    let open = subnet.broadcast.number - UInt32(subnet.count / 8) + 1
    var address = NetworkAddress(
      address: "\(IPv4Address(number: first))", prefix: subnet.prefix)
    address.ranges = [("\(IPv4Address(number: open))", "\(IPv4Address(number: last))")]
    network.addresses = [address]
    return network
  }

  /// - Throws: `Problem` with `.invalid`.
  public static func check(_ subnet: IPv4Subnet) throws {
    let isPrivate = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].contains { range in
      IPv4Subnet(range)?.contains(subnet.base) == true
    }
    guard isPrivate, prefixAllowed.contains(subnet.prefix) else {
      throw Problem(
        .invalid, subject: "subnet", "subnet \(subnet) cannot be a network of guests",
        hint: "use a private one with a prefix of \(prefixAllowed.lowerBound) to "
          + "\(prefixAllowed.upperBound) bits, such as 10.77.0.0/24")
    }
  }
}
