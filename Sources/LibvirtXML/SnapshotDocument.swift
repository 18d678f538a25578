/// A `<domainsnapshot>` document: what a snapshot takes in, and where to.
public struct SnapshotDocument: Sendable, Hashable {
  /// The whole document.
  public var root: Element

  /// Reads a document. Throws `XMLProblem`, `.unexpectedRoot` for another one.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "domainsnapshot" else {
      throw .unexpectedRoot(root.name, expected: "domainsnapshot")
    }
  }

  /// A snapshot of disks and, where said, of the memory.
  ///
  /// - Parameters:
  ///   - disks: name every disk of the guest: libvirt takes those in that are left out.
  ///   - memory: what becomes of the memory; nil leaves that to libvirt.
  public init(disks: [Disk], memory: Memory? = nil) {
    root = Element("domainsnapshot")
    self.memory = memory
    self.disks = disks
  }

  /// What becomes of the guest's memory.
  public enum Memory: Sendable, Hashable {
    /// It is left out.
    case none
    /// A file of its own, by its absolute path on the host.
    case external(file: String)
    /// Kept inside an image.
    case `internal`
  }

  /// What becomes of one disk.
  public struct Disk: ElementView {
    public var element: Element

    public init(element: Element) { self.element = element }

    /// The guest goes on in another image, on top of the one that it has.
    ///
    /// - Parameters:
    ///   - target: the disk, for example `vda`.
    ///   - file: absolute path of the new image.
    ///   - format: of the new image.
    public static func external(_ target: String, file: String, format: String = "qcow2") -> Self {
      var disk = Self(target, mode: "external")
      disk.set("driver", "type", format)
      disk.set("source", "file", file)
      return disk
    }

    /// The disk stays out.
    public static func excluded(_ target: String) -> Self { Self(target, mode: "no") }

    private init(_ target: String, mode: String) {
      element = Element("disk", attributes: [.init("name", target), .init("snapshot", mode)])
    }

    /// The disk's target.
    public var name: String { element[attribute: "name"] ?? "" }
    /// `external`, `internal`, `manual` or `no`; nil is libvirt's choice.
    public var mode: String? { element[attribute: "snapshot"] }
    /// The new image; nil for disks without one of their own.
    public var file: String? { element["source"]?[attribute: "file"] }
    /// The new image's format.
    public var format: String? { element["driver"]?[attribute: "type"] }
  }

  /// The snapshot's name; nil lets libvirt choose.
  public var name: String? {
    get { root[text: "name"] }
    set { root[text: "name"] = newValue }
  }

  /// A line for people.
  public var description: String? {
    get { root[text: "description"] }
    set { root[text: "description"] = newValue }
  }

  /// What becomes of the memory; nil when the document does not say.
  public var memory: Memory? {
    get {
      switch root["memory"]?[attribute: "snapshot"] {
      case "no": return Memory.none
      case "external": return .external(file: root["memory"]?[attribute: "file"] ?? "")
      case "internal": return .internal
      default: return nil
      }
    }
    set {
      guard newValue != memory else { return }
      root["memory"] = newValue.map { memory in
        switch memory {
        case .none: Element("memory", attributes: [.init("snapshot", "no")])
        case .internal: Element("memory", attributes: [.init("snapshot", "internal")])
        case .external(let file):
          Element("memory", attributes: [.init("snapshot", "external"), .init("file", file)])
        }
      }
    }
  }

  /// What becomes of each disk that the document names.
  public var disks: [Disk] {
    get { root["disks"]?[all: "disk"].map(Disk.init(element:)) ?? [] }
    set { root.edit("disks") { $0[all: "disk"] = newValue.map(\.element) } }
  }

  /// The document as text. Throws `XMLProblem`.
  public func serialised() throws(XMLProblem) -> String { try root.serialised(indented: true) }
}
