/// What QEMU has open: images, what they stand on, and which devices use them.
///
/// Source: `x-debug-query-block-graph` and `query-named-block-nodes` of QEMU 7.2. Pure.
struct BlockGraph: Hashable, Sendable {
  let links: Links
  let images: [BlockNode]

  struct Links: Hashable, Sendable, Decodable {
    let nodes: [Node]
    let edges: [Edge]
  }

  struct Node: Hashable, Sendable, Decodable {
    let id: Int
    let type: String
    let name: String
  }

  struct Edge: Hashable, Sendable, Decodable {
    let parent: Int
    let child: Int
    /// `root` of a device, `backing` and `file` of an image.
    let name: String
  }

  /// The images that a device uses, the one that it writes to first.
  ///
  /// - Returns: nil where they are not as libvirt has QEMU open files, or nothing is in the device.
  func chain(of backend: String) -> [OpenImage]? {
    guard
      let device = links.nodes.first(where: { $0.type == "block-backend" && $0.name == backend })
    else { return nil }
    var chain: [OpenImage] = []
    var next = child("root", of: device)
    while let node = next {
      guard let image = openImage(node) else { return nil }
      chain.append(image)
      next = child("backing", of: node)
    }
    return chain.isEmpty ? nil : chain
  }

  private func openImage(_ node: Node) -> OpenImage? {
    guard let storage = child("file", of: node), let file = image(storage),
      let format = image(node),
      file.driver == "file", file.file.hasPrefix("/")
    else { return nil }
    return OpenImage(node: node.name, storage: storage.name, format: format.driver, file: file.file)
  }

  private func child(_ name: String, of node: Node) -> Node? {
    guard let edge = links.edges.first(where: { $0.parent == node.id && $0.name == name }) else {
      return nil
    }
    return links.nodes.first { $0.id == edge.child }
  }

  private func image(_ node: Node) -> BlockNode? { images.first { $0.name == node.name } }

  /// Nodes that libvirt has QEMU make for images, by their names.
  var own: [String] {
    links.nodes.map(\.name).filter { $0.wholeMatch(of: /libvirt-\d+-(format|storage)/) != nil }
  }
}

/// An image file that QEMU has open, under the names that libvirt gave it.
struct OpenImage: Hashable, Sendable {
  let node: String
  let storage: String
  /// `qcow2` or `raw`.
  let format: String
  let file: String

  /// libvirt's number of the image, which is in the name; nil for a name that is not libvirt's.
  var index: Int? {
    node.wholeMatch(of: /libvirt-(\d+)-format/).flatMap { Int($0.output.1) }
  }
}

/// An image that QEMU has open, or the file below it.
struct BlockNode: Hashable, Sendable, Decodable {
  let name: String
  let driver: String
  let file: String
  let bitmaps: [DirtyBitmap]

  private enum CodingKeys: String, CodingKey {
    case name = "node-name"
    case driver = "drv"
    case file
    case bitmaps = "dirty-bitmaps"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decode(String.self, forKey: .name)
    driver = try fields.decode(String.self, forKey: .driver)
    file = try fields.decode(String.self, forKey: .file)
    bitmaps = try fields.decodeIfPresent([DirtyBitmap].self, forKey: .bitmaps) ?? []
  }
}

/// A memory of what changed, in one image.
struct DirtyBitmap: Hashable, Sendable, Decodable {
  /// Empty for a job's own.
  let name: String
  /// Bytes that were written.
  let count: Int64
  let recording: Bool
  let busy: Bool
  let persistent: Bool
  let inconsistent: Bool?

  private enum CodingKeys: String, CodingKey {
    case name, count, recording, busy, persistent, inconsistent
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decodeIfPresent(String.self, forKey: .name) ?? ""
    count = try fields.decode(Int64.self, forKey: .count)
    recording = try fields.decode(Bool.self, forKey: .recording)
    busy = try fields.decode(Bool.self, forKey: .busy)
    persistent = try fields.decode(Bool.self, forKey: .persistent)
    inconsistent = try fields.decodeIfPresent(Bool.self, forKey: .inconsistent)
  }

  var isSound: Bool { recording && persistent && !busy && inconsistent != true }
}
