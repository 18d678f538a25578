/// The beginning of a request's path, such as `/api`: what a group is chosen by beside its host.
///
/// `/api` covers `/api` and all below it, `/api/v1`, and not `/apis`. Goes into HAProxy's configuration as it is.
public struct PathPrefix: Hashable, Sendable, Codable, CustomStringConvertible {
  public let text: String

  /// - Throws: `Refusal.malformedPath` unless it begins with a slash, does not end with one, is of letters, digits and `-._~/`
  ///   alone, and has 2 to 255 bytes. `/` alone is every path, and needs no prefix.
  public init(_ text: String) throws(Refusal) {
    let marks = Set("-._~/".utf8)
    let isPlain = text.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber) || marks.contains(byte)
    }
    guard text.hasPrefix("/"), !text.hasSuffix("/"), text.utf8.count <= 255, isPlain else {
      throw .malformedPath(text)
    }
    self.text = text
  }

  public var description: String { text }
}

extension PathPrefix {
  /// A stored prefix keeps to the same rule.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
