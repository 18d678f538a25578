/// A `<domainbackup>` document: which disks to back up, and where to.
public struct BackupDocument: Sendable, Hashable {
  /// The whole document.
  public var root: Element

  /// Reads a document. Throws `XMLProblem`, `.unexpectedRoot` for another one.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "domainbackup" else {
      throw .unexpectedRoot(root.name, expected: "domainbackup")
    }
  }

  /// A backup that the hypervisor pushes into images.
  ///
  /// - Parameters:
  ///   - disks: those that take part; libvirt leaves out what is not named.
  ///   - checkpoint: back up what changed since that checkpoint only; nil backs up everything.
  public init(disks: [Disk], since checkpoint: String? = nil) {
    root = Element("domainbackup", attributes: [.init("mode", "push")])
    self.checkpoint = checkpoint
    self.disks = disks
  }

  /// What becomes of one disk.
  public struct Disk: ElementView {
    public var element: Element

    public init(element: Element) { self.element = element }

    /// The disk's data goes into an image.
    ///
    /// - Parameters:
    ///   - target: the disk, for example `vda`.
    ///   - file: absolute path of the image, which libvirt makes unless told that it exists.
    ///   - format: of the image.
    public static func push(_ target: String, file: String, format: String = "qcow2") -> Self {
      var disk = Self(
        element: Element(
          "disk",
          attributes: [.init("name", target), .init("backup", "yes"), .init("type", "file")]))
      disk.set("target", "file", file)
      disk.set("driver", "type", format)
      return disk
    }

    /// The disk takes no part.
    public static func excluded(_ target: String) -> Self {
      Self(element: Element("disk", attributes: [.init("name", target), .init("backup", "no")]))
    }

    /// The disk's target.
    public var name: String { element[attribute: "name"] ?? "" }
    /// Whether it takes part.
    public var isIncluded: Bool { element[attribute: "backup"] != "no" }
    /// The image that it goes to.
    public var file: String? { element["target"]?[attribute: "file"] }
    /// The image's format.
    public var format: String? { element["driver"]?[attribute: "type"] }

    /// The checkpoint of this disk; nil follows the document. A full backup in a document that
    /// has a checkpoint is made by `backupmode`, which this view keeps and does not name.
    public var checkpoint: String? {
      get { element[attribute: "incremental"] }
      set {
        element[attribute: "backupmode"] = newValue.map { _ in "incremental" }
        element[attribute: "incremental"] = newValue
      }
    }
  }

  /// `push` or `pull`.
  public var mode: String { root[attribute: "mode"] ?? "push" }

  /// The checkpoint since when changes are backed up; nil backs up everything.
  public var checkpoint: String? {
    get { root[text: "incremental"] }
    set { root[text: "incremental"] = newValue }
  }

  /// What becomes of each disk that the document names.
  public var disks: [Disk] {
    get { root["disks"]?[all: "disk"].map(Disk.init(element:)) ?? [] }
    set { root.edit("disks") { $0[all: "disk"] = newValue.map(\.element) } }
  }

  /// The document as text. Throws `XMLProblem`.
  public func serialised() throws(XMLProblem) -> String { try root.serialised(indented: true) }
}
