/// One image below a disk's own, in an explicit chain.
public struct BackingImage: Sendable, Hashable {
  /// Absolute path on the host.
  public var file: String
  /// `qcow2` or `raw`.
  public var format: String

  public init(file: String, format: String) {
    self.file = file
    self.format = format
  }

  static func chain(_ store: Element) -> [BackingImage] {
    var images: [BackingImage] = []
    var store: Element? = store
    while let here = store, let file = here["source"]?[attribute: "file"] {
      images.append(
        BackingImage(file: file, format: here["format"]?[attribute: "type"] ?? "raw"))
      store = here["backingStore"]
    }
    return images
  }

  static func element(for chain: ArraySlice<BackingImage>) -> Element {
    guard let image = chain.first else { return Element("backingStore") }
    return Element(
      "backingStore", attributes: [.init("type", "file")],
      children: [
        .element(Element("format", attributes: [.init("type", image.format)])),
        .element(Element("source", attributes: [.init("file", image.file)])),
        .element(element(for: chain.dropFirst())),
      ])
  }
}
