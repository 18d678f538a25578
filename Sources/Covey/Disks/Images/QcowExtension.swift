/// An extension of a qcow2 header: a type, a length and data, padded to 8 bytes.
struct QcowExtension: Hashable, Sendable {
  /// More than any program writes.
  static let most = 32

  let type: UInt32
  /// Where its data lie in the file.
  let offset: Int
  let length: Int

  /// Those between the header and the end of its cluster.
  static func all(in bytes: ImageBytes, from start: Int, to end: Int) throws(ImageRefusal)
    -> [QcowExtension]
  {
    var found: [QcowExtension] = []
    var offset = start
    while offset < end {
      let type: UInt32 = try bytes.big(offset)
      if type == 0 { break }
      let length = Int(try bytes.big(offset + 4, UInt32.self))
      let next = offset + 8 + (length + 7) / 8 * 8
      guard next <= end, found.count < most else {
        throw .malformed("a header extension claims to be \(length) bytes long")
      }
      guard next <= bytes.head.count else { throw .truncated }
      found.append(QcowExtension(type: type, offset: offset + 8, length: length))
      offset = next
    }
    guard Set(found.map(\.type)).count == found.count else {
      throw .malformed("a header extension is there twice")
    }
    return found
  }

  private enum Kind: UInt32 {
    case backingFormat = 0xE279_2ACA
    case featureNames = 0x6803_F857
    case bitmaps = 0x2385_2875
    case encryption = 0x0537_BE77
    case dataFile = 0x4441_5441
  }

  func judge(_ bytes: ImageBytes) throws(ImageRefusal) {
    switch Kind(rawValue: type) {
    case .featureNames: return
    case .bitmaps:
      // Which blocks changed since some backup means nothing here; the conversion leaves them behind.
      guard length == 24 else {
        throw .malformed("the bitmaps extension is \(length) bytes long and not 24")
      }
    case .backingFormat: throw .backingFile("a file of the format \(shown(bytes))")
    case .dataFile: throw .dataFile(shown(bytes))
    case .encryption: throw .encrypted("LUKS")
    case nil: throw .unknownExtension(type)
    }
  }

  /// Whether it says that the file below has a format.
  func isBackingFormat(_ format: String, in bytes: ImageBytes) -> Bool {
    Kind(rawValue: type) == .backingFormat && length == format.utf8.count
      && bytes.begins(with: Array(format.utf8), at: offset)
  }

  /// The name of the external data file; nil when the header does not say it.
  static func dataFile(in bytes: ImageBytes, from start: Int) -> String? {
    // What is wrong with the extensions does not matter: the image is refused for having that file.
    let extensions = try? all(in: bytes, from: start, to: bytes.head.count)
    return extensions?.first { Kind(rawValue: $0.type) == .dataFile }?.shown(bytes)
  }

  private func shown(_ bytes: ImageBytes) -> String {
    bytes.shown(at: UInt64(offset), count: UInt64(length)) ?? ""
  }
}
