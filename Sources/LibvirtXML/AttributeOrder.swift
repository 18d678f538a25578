/// The names of attributes in the order in which a document writes them.
///
/// The event parser hands attributes over as a dictionary, and Foundation's tree parser keeps
/// namespace declarations apart from attributes (and crashes when a default one is asked for),
/// so neither tells the order. This scan does. It trusts that a parser has accepted the text.
struct AttributeOrder {
  private let bytes: [UInt8]
  private var position = 0

  /// One entry per element, in the order of their start tags.
  static func names(in text: String) -> [[String]] {
    var scan = AttributeOrder(text)
    return scan.tags()
  }

  private init(_ text: String) { bytes = Array(text.utf8) }

  private mutating func tags() -> [[String]] {
    var tags: [[String]] = []
    while let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
      position = start + 1
      if skip("!--", to: "-->") || skip("![CDATA[", to: "]]>") || skip("?", to: "?>") {
        continue
      }
      if at("/") { continue }
      tags.append(attributeNames())
    }
    return tags
  }

  /// Reads from behind `<` to the end of the start tag.
  private mutating func attributeNames() -> [String] {
    var names: [String] = []
    _ = word()
    while position < bytes.count {
      while position < bytes.count, Self.blanks.contains(bytes[position]) { position += 1 }
      if at("/") || at(">") { break }
      names.append(word())
      // Behind the name come `=` and a quoted value, which may hold anything but its quote.
      guard let quote = bytes[position...].firstIndex(where: Self.quotes.contains),
        let end = bytes[(quote + 1)...].firstIndex(of: bytes[quote])
      else { break }
      position = end + 1
    }
    return names
  }

  private mutating func word() -> String {
    let end = bytes[position...].firstIndex { Self.ends.contains($0) } ?? bytes.count
    defer { position = end }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private mutating func skip(_ mark: String, to end: String) -> Bool {
    guard at(mark) else { return false }
    position += mark.utf8.count
    while position < bytes.count, !at(end) { position += 1 }
    return true
  }

  private func at(_ mark: String) -> Bool { bytes[position...].starts(with: mark.utf8) }

  private static let blanks = Set(" \t\r\n".utf8)
  private static let quotes = Set("'\"".utf8)
  private static let ends = Set(" \t\r\n=/>".utf8)
}
