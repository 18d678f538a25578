/// A value of a YAML document with the line it stands on: what the strict readers work on.
struct DocumentNode: Hashable, Sendable {
  /// Counted from 1.
  let line: Int
  let content: Content

  enum Content: Hashable, Sendable {
    /// An empty value, `~` or `null`.
    case nothing
    /// Text; a quoted one is never taken for a number.
    case scalar(String, isQuoted: Bool)
    case list([DocumentNode])
    case mapping([Entry])
  }

  /// One `key: value` of a mapping.
  struct Entry: Hashable, Sendable {
    let key: String
    /// Where the key stands.
    let line: Int
    let value: DocumentNode
  }

  /// The value in words, for `DocumentProblem.Kind.wrongValue`.
  var inWords: String {
    switch content {
    case .nothing: "empty"
    case .scalar(let text, let isQuoted):
      isQuoted ? "the text \"\(Self.shortened(text))\"" : "\"\(Self.shortened(text))\""
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Text of any kind of scalar; nil for everything else.
  var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// Text of a scalar without quotes, which may stand for a number; nil for everything else.
  var plain: String? {
    if case .scalar(let text, isQuoted: false) = content { text } else { nil }
  }

  /// The beginning of a text that may be huge, on one line.
  static func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count > 60 || line.count < text.count ? String(line.prefix(60)) + "..." : line
  }
}
