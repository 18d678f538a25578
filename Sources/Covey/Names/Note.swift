/// What a user says of a snapshot or a backup: one line, which is shown on terminals.
public struct Note: Hashable, Sendable {
  /// Bytes of UTF-8.
  public static let longest = 1024

  public let text: String

  /// - Throws: `Refusal.outOfRange` for a note that is too long or has control characters.
  public init(_ text: String) throws(Refusal) {
    let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard text.utf8.count <= Self.longest, isPlain else {
      throw .outOfRange(
        field: "note", value: "\(text.utf8.count) bytes",
        allowed: "one line of \(Self.longest) bytes at most")
    }
    self.text = text
  }
}
