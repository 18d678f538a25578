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
    links.nodes.map(\.name).filter { OpenImage.number($0) != nil }
  }
}

/// An image file that QEMU has open, under the names that libvirt gave it.
struct OpenImage: Hashable, Sendable {
  let node: String
  let storage: String
  /// `qcow2` or `raw`.
  let format: String
  let file: String

  /// libvirt's number of the image, which is in the name.
  var index: Int? { Self.number(node) }

  /// Nil for a name that libvirt did not give.
  static func number(_ node: String) -> Int? {
    node.wholeMatch(of: /libvirt-(\d+)-(format|storage)/).flatMap { Int($0.output.1) }
  }
}
