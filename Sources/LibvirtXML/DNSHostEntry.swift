/// A `<host>` below `<dns>`: all names of one address.
public struct DNSHostEntry: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  public init(address: String, names: [String]) {
    element = Element("host", attributes: [.init("ip", address)])
    for name in names { element.append(Element("hostname", text: name)) }
  }

  public var address: String { element[attribute: "ip"] ?? "" }
  public var names: [String] { element[all: "hostname"].map(\.text) }
}
