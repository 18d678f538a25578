/// What a file is by its magic numbers, where it has any.
enum ImageKind: Hashable, Sendable {
  case taken(ImageFormat)
  /// A text that lists the files which hold a VMDK's data.
  case descriptor
  case foreign(ForeignImage)

  /// Looks wherever QEMU's own probes look, so that nothing passes for raw here which is something else to QEMU.
  init?(_ bytes: ImageBytes) {
    if bytes.begins(with: QcowHeader.magic) {
      // Version 1 is another format, which QEMU calls qcow.
      let isFirst = bytes.begins(with: [0, 0, 0, 1], at: 4)
      self = isFirst ? .foreign(.qcow) : .taken(.qcow2)
    } else if bytes.begins(with: VMDKHeader.magic) {
      self = .taken(.vmdk)
    } else if Self.isDescriptor(bytes.head) {
      self = .descriptor
    } else if let foreign = ForeignImage(bytes) {
      self = .foreign(foreign)
    } else {
      return nil
    }
  }

  /// As QEMU tells it: comments and empty lines, and then a version.
  private static func isDescriptor(_ head: [UInt8]) -> Bool {
    if head.starts(with: "# Disk DescriptorFile".utf8) { return true }
    for line in head.prefix(64 << 10).split(separator: UInt8(ascii: "\n")) {
      let words = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
      if words.isEmpty || words.first == UInt8(ascii: "#") { continue }
      return words.starts(with: "version=".utf8)
    }
    return false
  }

  /// As the end of "it is".
  var words: String {
    switch self {
    case .taken(let format): "a \(format.rawValue) image"
    case .descriptor: "a VMDK descriptor"
    case .foreign(let foreign): foreign.words
    }
  }
}
