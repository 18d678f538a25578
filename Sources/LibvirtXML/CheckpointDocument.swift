/// A `<domaincheckpoint>` document: from when on the changes of which disks are remembered.
public struct CheckpointDocument: Sendable, Hashable {
  /// The whole document.
  public var root: Element

  /// Reads a document. Throws `XMLProblem`, `.unexpectedRoot` for another one.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "domaincheckpoint" else {
      throw .unexpectedRoot(root.name, expected: "domaincheckpoint")
    }
  }

  /// A checkpoint of some disks.
  ///
  /// - Parameters:
  ///   - name: unique among the guest's checkpoints.
  ///   - disks: those that take part; libvirt leaves out what is not named, and takes all when
  ///     none is.
  public init(name: String, disks: [Disk]) {
    root = Element("domaincheckpoint")
    root[text: "name"] = name
    self.disks = disks
  }

  /// How one disk takes part.
  public struct Disk: ElementView {
    public var element: Element

    public init(element: Element) { self.element = element }

    /// The disk's image, a qcow2, gets a bitmap; nil names it after the checkpoint.
    public static func bitmap(_ target: String, named bitmap: String? = nil) -> Self {
      var disk = Self(target, mode: "bitmap")
      disk.element[attribute: "bitmap"] = bitmap
      return disk
    }

    /// The disk takes no part.
    public static func excluded(_ target: String) -> Self { Self(target, mode: "no") }

    private init(_ target: String, mode: String) {
      element = Element("disk", attributes: [.init("name", target), .init("checkpoint", mode)])
    }

    /// The disk's target.
    public var name: String { element[attribute: "name"] ?? "" }
    /// Whether it takes part.
    public var isIncluded: Bool { element[attribute: "checkpoint"] != "no" }
    /// The bitmap's name; libvirt fills it in.
    public var bitmap: String? { element[attribute: "bitmap"] }
  }

  /// The checkpoint's name; empty when the document has none.
  public var name: String { root[text: "name"] ?? "" }

  /// A line for people.
  public var description: String? {
    get { root[text: "description"] }
    set { root[text: "description"] = newValue }
  }

  /// The checkpoint before it; nil for the first.
  public var parent: String? { root.at("parent", "name")?.text }

  /// When it was made, in seconds since 1970; libvirt fills it in.
  public var creationTime: Int64? { root[text: "creationTime"].flatMap { Int64($0.trimmed) } }

  /// How each disk that the document names takes part.
  public var disks: [Disk] {
    get { root["disks"]?[all: "disk"].map(Disk.init(element:)) ?? [] }
    set {
      guard !newValue.isEmpty else {
        root["disks"] = nil
        return
      }
      root.edit("disks") { $0[all: "disk"] = newValue.map(\.element) }
    }
  }

  /// The document as text. Throws `XMLProblem`.
  public func serialised() throws(XMLProblem) -> String { try root.serialised(indented: true) }
}
