/// An `<interface>`: one network card and what it is connected to.
public struct InterfaceDevice: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// A card connected to something.
  ///
  /// - Parameters:
  ///   - link: what it is connected to.
  ///   - mac: six bytes in hexadecimal with colons; nil lets libvirt choose.
  ///   - model: `virtio`, `e1000e`, ...
  public init(_ link: Link, mac: String? = nil, model: String = "virtio") {
    element = Element("interface")
    if let mac { self.mac = mac }
    self.link = link
    self.model = model
  }

  /// What a card is connected to.
  public enum Link: Sendable, Hashable {
    /// A private network inside the hypervisor's process, without privileges.
    case user
    /// A network that libvirt runs.
    case network(String)
    /// A bridge of the host.
    case bridge(String)
    /// Another type, kept but not modelled.
    case other(String)
  }

  public var link: Link {
    get {
      switch element[attribute: "type"] ?? "" {
      case "user": return .user
      case "network": return .network(get("source", "network") ?? "")
      case "bridge": return .bridge(get("source", "bridge") ?? "")
      case let type: return .other(type)
      }
    }
    set {
      if link != newValue { element["source"] = nil }
      switch newValue {
      case .user: element[attribute: "type"] = "user"
      case .network(let name):
        element[attribute: "type"] = "network"
        set("source", "network", name)
      case .bridge(let name):
        element[attribute: "type"] = "bridge"
        set("source", "bridge", name)
      case .other(let type): element[attribute: "type"] = type
      }
    }
  }

  /// The hardware address, in lower case as libvirt writes it.
  public var mac: String? {
    get { get("mac", "address") }
    set { set("mac", "address", newValue) }
  }

  public var model: String? {
    get { get("model", "type") }
    set { set("model", "type", newValue) }
  }

  /// The name of the host's end, for example `vnet0`; there only while the guest runs.
  public var hostDevice: String? {
    get { get("target", "dev") }
    set { set("target", "dev", newValue) }
  }

  /// The network filter that holds what the card may send and hear; nil for none.
  public var filter: FilterReference? {
    get { element["filterref"].map(FilterReference.init) }
    set { element["filterref"] = newValue?.element }
  }
}
