/// A `<network>`: a bridge of the host's with its addresses, its DHCP and its names, over the lossless tree.
public struct NetworkDocument: Sendable, Hashable {
  /// The whole document; what has no name here is kept as it is.
  public var root: Element

  /// Throws `XMLProblem`, `.unexpectedRoot` for another document.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "network" else {
      throw .unexpectedRoot(root.name, expected: "network")
    }
  }

  /// A network without anything; libvirt gives it a UUID and a bridge.
  public init(name: String) {
    root = Element("network", children: [.element(Element("name", text: name))])
  }

  /// The document as text. Throws for what no parser would take back.
  public func serialised() throws(XMLProblem) -> String { try root.serialised(indented: true) }

  /// Unique on the host; empty when the document has none.
  public var name: String {
    get { root[text: "name"] ?? "" }
    set { root[text: "name"] = newValue }
  }

  public var uuid: String? {
    get { root[text: "uuid"] }
    set { root[text: "uuid"] = newValue }
  }

  /// How its traffic leaves the host: `nat`, `route`, `open`, `bridge`, `hostdev`, ...; nil for one that ends at the host.
  public var forwardMode: String? {
    get { root["forward"].map { $0[attribute: "mode"] ?? "nat" } }
    set {
      guard let newValue else { return root["forward"] = nil }
      root.edit("forward") { $0[attribute: "mode"] = newValue }
    }
  }

  /// The bridge's name, such as `virbr0`; nil for networks without one and where libvirt is to choose.
  public var bridge: String? {
    get { root["bridge"]?[attribute: "name"] }
    set { root.edit("bridge") { $0[attribute: "name"] = newValue } }
  }

  /// Whether the bridge speaks the spanning tree protocol, which is on where nothing is said.
  public var hasSpanningTree: Bool {
    get { root["bridge"]?[attribute: "stp"] != "off" }
    set { root.edit("bridge") { $0[attribute: "stp"] = newValue ? "on" : "off" } }
  }

  /// Seconds that the bridge keeps a new card silent; 0 where nothing is said.
  public var forwardDelay: Int {
    get { root["bridge"]?[attribute: "delay"].flatMap { Int($0) } ?? 0 }
    set { root.edit("bridge") { $0[attribute: "delay"] = "\(newValue)" } }
  }

  /// The domain that its DNS answers for, such as `covey`.
  public var domain: String? {
    get { root["domain"]?[attribute: "name"] }
    set {
      guard let newValue else { return root["domain"] = nil }
      root.edit("domain") { $0[attribute: "name"] = newValue }
    }
  }

  /// Whether questions for that domain never leave the host.
  public var keepsDomainLocal: Bool {
    get { root["domain"]?[attribute: "localOnly"] == "yes" }
    set { root.edit("domain") { $0[attribute: "localOnly"] = newValue ? "yes" : "no" } }
  }

  /// The names that its DNS answers, besides those of its leases.
  public var dnsHosts: [DNSHostEntry] {
    get { root["dns"]?[all: "host"].map(DNSHostEntry.init) ?? [] }
    set { root.edit("dns") { $0[all: "host"] = newValue.map(\.element) } }
  }

  /// Whether it has a DNS server: it has, where nothing else is said.
  public var answersDNS: Bool { root["dns"]?[attribute: "enable"] != "no" }

  /// The host's own addresses on the network, each with what it gives out.
  public var addresses: [NetworkAddress] {
    get { root[all: "ip"].map(NetworkAddress.init) }
    set { root[all: "ip"] = newValue.map(\.element) }
  }
}
