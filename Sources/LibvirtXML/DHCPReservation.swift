/// A `<host>` below `<dhcp>`: an address that is kept for one card.
public struct DHCPReservation: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// - `name`: what the card's machine is told that it is called; two of one network may not share it.
  public init(mac: String, address: String, name: String? = nil) {
    element = Element("host")
    element[attribute: "mac"] = mac
    element[attribute: "name"] = name
    element[attribute: "ip"] = address
  }

  /// As written; IPv6 has an `id` instead.
  public var mac: String? { element[attribute: "mac"] }
  public var name: String? { element[attribute: "name"] }
  public var address: String? { element[attribute: "ip"] }
}
