// LibvirtXML: libvirt's XML documents as typed views over a tree that loses nothing.
//
//   text ── Element.init(parsing:) ──> Element <── DomainDocument, DiskDevice, ... (views)
//                                        │
//   text <── Element.serialised ─────────┘
//
// The room knows libvirt's document formats, never libvirt itself and never its callers' words.
// What a view does not model stays in the tree, untouched and in its place.

/// One element of an XML document: a value with ordered attributes and ordered children.
///
/// Names are kept as they were written, prefix included, and namespace declarations are
/// ordinary attributes (`xmlns`, `xmlns:qemu`).
public struct Element: Sendable, Hashable {
  /// The name as written, for example `disk` or `qemu:commandline`.
  public var name: String
  /// In the order of writing; names are unique.
  public var attributes: [Attribute]
  /// In the order of writing, white space included.
  public var children: [Node]

  /// Builds an element; nothing is escaped here, the writer does that.
  public init(_ name: String, attributes: [Attribute] = [], children: [Node] = []) {
    self.name = name
    self.attributes = attributes
    self.children = children
  }

  /// Builds an element that holds text, for example `<name>web</name>`.
  public init(_ name: String, text: String, attributes: [Attribute] = []) {
    self.init(name, attributes: attributes, children: [.text(text)])
  }

  /// One `name="value"`, neither escaped nor quoted.
  public struct Attribute: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Something inside an element.
  public indirect enum Node: Sendable, Hashable {
    case element(Element)
    /// Plain text with all references resolved.
    case text(String)
    /// Text that is written as a CDATA section.
    case cdata(String)
    case comment(String)
    case instruction(target: String, data: String)
  }
}
