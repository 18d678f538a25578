/// A `<serial>`, `<console>` or `<channel>`: a stream of bytes between guest and host.
public struct CharacterDevice: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// The host's end of the stream.
  public enum Backend: Sendable, Hashable {
    /// A pseudo terminal; libvirt tells its path while the guest runs.
    case pty
    /// A unix socket that the hypervisor listens on; the path is at most 107 bytes long.
    case unixSocket(String)
    /// A file that output goes to.
    case file(String)
    /// Another type, kept but not modelled.
    case other(String)
  }

  /// The guest's first serial port.
  public static func serial(_ backend: Backend, port: Int = 0) -> Self {
    var device = Self(element: Element("serial"))
    device.backend = backend
    device.set("target", "port", String(port))
    return device
  }

  /// A virtio channel of a name, for example `org.qemu.guest_agent.0`.
  public static func channel(_ backend: Backend, name: String) -> Self {
    var device = Self(element: Element("channel"))
    device.backend = backend
    device.set("target", "type", "virtio")
    device.set("target", "name", name)
    return device
  }

  public var backend: Backend {
    get {
      switch element[attribute: "type"] ?? "" {
      case "pty": return .pty
      case "unix": return .unixSocket(get("source", "path") ?? "")
      case "file": return .file(get("source", "path") ?? "")
      case let type: return .other(type)
      }
    }
    set {
      guard newValue != backend || element[attribute: "type"] == nil else { return }
      element["source"] = nil
      switch newValue {
      case .pty: element[attribute: "type"] = "pty"
      case .unixSocket(let path):
        element[attribute: "type"] = "unix"
        set("source", "mode", "bind")
        set("source", "path", path)
      case .file(let path):
        element[attribute: "type"] = "file"
        set("source", "path", path)
      case .other(let type): element[attribute: "type"] = type
      }
    }
  }

  /// A file on the host that keeps all output; nil keeps none.
  public var log: String? {
    get { get("log", "file") }
    set {
      set("log", "file", newValue)
      if newValue == nil { element["log"] = nil }
    }
  }

  /// Whether output is added to the log of earlier starts rather than replacing it.
  public var logAppends: Bool {
    get { get("log", "append") == "on" }
    set { if log != nil { set("log", "append", newValue ? "on" : "off") } }
  }

  /// The name of a channel.
  public var targetName: String? {
    get { get("target", "name") }
    set { set("target", "name", newValue) }
  }

  /// Whether somebody in the guest has a channel open; said of running domains alone.
  public var isConnected: Bool { element.at("target")?[attribute: "state"] == "connected" }
}
