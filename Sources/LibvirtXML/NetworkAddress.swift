/// An `<ip>` of a network: an address of the host's on it, and the DHCP of its subnet.
public struct NetworkAddress: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// An IPv4 address with the length of its subnet's prefix in bits.
  public init(address: String, prefix: Int) {
    element = Element("ip")
    element[attribute: "address"] = address
    element[attribute: "prefix"] = "\(prefix)"
  }

  public var address: String? { element[attribute: "address"] }

  public var isIPv6: Bool { element[attribute: "family"] == "ipv6" }

  /// The length of the prefix in bits, said so or by a netmask; nil where neither is said or the mask is none.
  public var prefix: Int? {
    if let prefix = element[attribute: "prefix"] { return Int(prefix) }
    guard let mask = element[attribute: "netmask"] else { return nil }
    let bytes = mask.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard bytes.count == 4, !bytes.contains(nil) else { return nil }
    let bits = bytes.compactMap { $0 }.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let length = (~bits).leadingZeroBitCount
    // Ones first and then zeros, or it is no mask.
    return bits == ~UInt32(0) << (32 - length) ? length : nil
  }

  /// Whether it gives out addresses at all, to whoever asks or to known cards.
  public var hasDHCP: Bool { element["dhcp"] != nil }

  /// Addresses for whoever asks, first and last.
  public var ranges: [(first: String, last: String)] {
    get {
      element["dhcp"]?[all: "range"].compactMap { range in
        guard let first = range[attribute: "start"], let last = range[attribute: "end"] else {
          return nil
        }
        return (first, last)
      } ?? []
    }
    set {
      element.edit("dhcp") {
        $0[all: "range"] = newValue.map {
          Element("range", attributes: [.init("start", $0.first), .init("end", $0.last)])
        }
      }
    }
  }

  /// Addresses that are kept for known cards.
  public var reservations: [DHCPReservation] {
    get { element["dhcp"]?[all: "host"].map(DHCPReservation.init) ?? [] }
    set { element.edit("dhcp") { $0[all: "host"] = newValue.map(\.element) } }
  }
}
