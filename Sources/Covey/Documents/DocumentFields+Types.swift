/// The types that covey's documents are made of.
extension DocumentFields {
  /// One line without control characters.
  func text(_ key: String, atMost length: Int = 200) throws(Refusal) -> String? {
    try value(key, "one line of at most \(length) characters") {
      $0.text.flatMap { $0.isOneLine(atMost: length) ? $0 : nil }
    }
  }

  /// A whole number in a range.
  func integer(_ key: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
    try value(key, "a whole number of \(range.lowerBound) to \(range.upperBound)") {
      $0.plain.flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A percentage, with or without its sign.
  func percentage(_ key: String) throws(Refusal) -> Double? {
    try value(key, "a percentage such as 70 or 70%") { node in
      guard let text = node.plain else { return nil }
      let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
      guard let number = Double(digits), number.isFinite, (0...100).contains(number) else {
        return nil
      }
      return number
    }
  }

  /// `true` or `false`.
  func flag(_ key: String) throws(Refusal) -> Bool? {
    try value(key, "true or false") { node in
      node.plain.flatMap { ["true": true, "false": false][$0] }
    }
  }

  func size(_ key: String) throws(Refusal) -> ByteCount? {
    try value(key, "a size such as 512MiB or 1GiB") { $0.plain.flatMap { try? ByteCount($0) } }
  }

  func duration(_ key: String) throws(Refusal) -> Duration? {
    try value(key, "a duration such as 500ms, 10s or 5m") {
      $0.plain.flatMap { try? Duration(reading: $0) }
    }
  }

  func name(_ key: String) throws(Refusal) -> Name? {
    try value(key, "a name: lower-case letters, digits and hyphens, a letter first, at most 63") {
      $0.text.flatMap { try? Name($0) }
    }
  }

  func endpoint(_ key: String) throws(Refusal) -> Endpoint? {
    try value(key, "ADDRESS:PORT such as 127.0.0.1:8080") {
      $0.text.flatMap { try? Endpoint($0) }
    }
  }

  /// One word of a closed set.
  func choice<T: RawRepresentable & CaseIterable>(_ key: String, _ type: T.Type) throws(Refusal)
    -> T? where T.RawValue == String
  {
    try value(key, T.allCases.map(\.rawValue).joined(separator: " or ")) {
      $0.text.flatMap { T(rawValue: $0) }
    }
  }

  /// A list whose every item passes `read`, without repeats.
  func list<T: Hashable>(_ key: String, of expected: String, _ read: (DocumentNode) -> T?)
    throws(Refusal) -> [T]?
  {
    try value(key, "a list of \(expected), none of them twice") { node in
      guard case .list(let nodes) = node.content else { return nil }
      let items = nodes.compactMap(read)
      return items.count == nodes.count && Set(items).count == items.count ? items : nil
    }
  }
}

extension String {
  /// Whether it has no control characters and no line ends, and is at most so long.
  func isOneLine(atMost length: Int) -> Bool {
    utf8.count <= 4 * length && count <= length
      && unicodeScalars.allSatisfy { !$0.properties.isControlOrLineEnd }
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isControlOrLineEnd: Bool {
    [.control, .lineSeparator, .paragraphSeparator].contains(generalCategory)
  }
}
