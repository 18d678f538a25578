/// Where a storage pool keeps images, read from a `<pool>` document.
public struct StoragePoolDocument: Sendable, Hashable {
  /// The whole document.
  public let root: Element

  /// Throws `XMLProblem`, `.unexpectedRoot` for another document.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "pool" else { throw .unexpectedRoot(root.name, expected: "pool") }
  }

  /// Unique on the host; empty when the document has none.
  public var name: String { root[text: "name"] ?? "" }
  public var uuid: String? { root[text: "uuid"] }
  /// What it is: `dir`, `fs`, `netfs`, `logical`, ...
  public var type: String { root[attribute: "type"] ?? "" }
  /// The folder in which its images appear on the host; nil for pools that have none.
  public var targetPath: String? { root.at("target", "path")?.text }
}
