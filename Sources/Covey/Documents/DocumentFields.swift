/// The fields of one mapping, of which every key must be known.
///
/// Reading a field gives nil when it is missing and throws when it has the wrong type; `required` turns nil into a refusal.
struct DocumentFields {
  let file: String
  /// What the mapping is, in words: `the template`, `machine`.
  let place: String
  let line: Int
  private let entries: [String: DocumentNode.Entry]

  /// - Throws: `Refusal.document` when the node is no mapping, has an unknown key or has a key twice.
  init(_ node: DocumentNode, place: String, file: String, known: [String]) throws(Refusal) {
    guard case .mapping(let pairs) = node.content else {
      throw Self.refusal(
        file, node.line,
        .wrongValue(
          key: place, expected: "a mapping of \(known.joined(separator: ", "))",
          found: node.inWords))
    }
    var entries: [String: DocumentNode.Entry] = [:]
    for entry in pairs {
      guard known.contains(entry.key) else {
        // Finding the nearest word takes the square of its length, so a huge key gets none.
        let near = entry.key.utf8.count > 100 ? nil : nearest(to: entry.key, among: known)
        throw Self.refusal(
          file, entry.line,
          .unknownKey(DocumentNode.shortened(entry.key), nearest: near, known: known))
      }
      guard entries.updateValue(entry, forKey: entry.key) == nil else {
        throw Self.refusal(file, entry.line, .repeatedKey(entry.key))
      }
    }
    self.file = file
    self.place = place
    self.line = node.line
    self.entries = entries
  }

  /// A field that must be there.
  func required<T>(_ key: String, _ value: T?) throws(Refusal) -> T {
    guard let value else { throw Self.refusal(file, line, .missingKey(key, in: place)) }
    return value
  }

  /// A field of any type: `read` gives nil for what is not as expected.
  func value<T>(_ key: String, _ expected: String, _ read: (DocumentNode) -> T?) throws(Refusal)
    -> T?
  {
    guard let entry = entries[key] else { return nil }
    guard let value = read(entry.value) else {
      throw wrong(key, expected, found: entry.value.inWords)
    }
    return value
  }

  /// A refusal of a field's value, on the line where its key stands.
  func wrong(_ key: String, _ expected: String, found: String) -> Refusal {
    let line = entries[key]?.line ?? line
    return Self.refusal(file, line, .wrongValue(key: key, expected: expected, found: found))
  }

  /// A mapping inside this one.
  func fields(_ key: String, known: [String]) throws(Refusal) -> DocumentFields? {
    guard let entry = entries[key] else { return nil }
    return try DocumentFields(entry.value, place: key, file: file, known: known)
  }

  private static func refusal(_ file: String, _ line: Int, _ kind: DocumentProblem.Kind) -> Refusal
  {
    .document(DocumentProblem(file: file, line: line, kind))
  }
}
