extension Element {
  /// The element as text: the only place where anything is escaped.
  ///
  /// - Parameter indented: lay elements without text of their own out on lines; without it
  ///   the children are written exactly as they are. An element with white space between its
  ///   children counts as laid out already.
  /// - Throws: `.illegalCharacter`, `.illegalName`, `.illegalContent`.
  public func serialised(indented: Bool = false) throws(XMLProblem) -> String {
    var writer = XMLWriter(indented: indented)
    try writer.write(self, depth: 0)
    return writer.output
  }
}

/// Writes a tree as text and refuses what XML cannot carry.
struct XMLWriter {
  private(set) var output = ""
  private let indented: Bool

  init(indented: Bool) { self.indented = indented }

  mutating func write(_ element: Element, depth: Int) throws(XMLProblem) {
    try Self.checkName(element.name)
    output += "<\(element.name)"
    for attribute in element.attributes {
      try Self.checkName(attribute.name)
      try Self.checkCharacters(attribute.value, in: attribute.name)
      output += " \(attribute.name)='"
      escape(attribute.value, quoted: true)
      output += "'"
    }
    guard !element.children.isEmpty else {
      output += "/>"
      return
    }
    output += ">"
    let lines = indented && element.children.allSatisfy { $0.text == nil }
    for child in element.children {
      if lines { newLine(depth + 1) }
      try write(child, in: element.name, depth: depth + 1)
    }
    if lines { newLine(depth) }
    output += "</\(element.name)>"
  }

  private mutating func write(
    _ node: Element.Node, in name: String, depth: Int
  ) throws(XMLProblem) {
    switch node {
    case .element(let element):
      try write(element, depth: depth)
    case .text(let text):
      try Self.checkCharacters(text, in: name)
      escape(text, quoted: false)
    case .cdata(let text):
      try Self.checkCharacters(text, in: name)
      guard !text.contains("]]>") else { throw .illegalContent(text) }
      output += "<![CDATA[\(text)]]>"
    case .comment(let text):
      try Self.checkCharacters(text, in: name)
      guard !text.contains("--"), !text.hasSuffix("-") else { throw .illegalContent(text) }
      output += "<!--\(text)-->"
    case .instruction(let target, let data):
      try Self.checkName(target)
      try Self.checkCharacters(data, in: target)
      guard !data.contains("?>") else { throw .illegalContent(data) }
      output += data.isEmpty ? "<?\(target)?>" : "<?\(target) \(data)?>"
    }
  }

  private mutating func newLine(_ depth: Int) {
    output += "\n" + String(repeating: "  ", count: depth)
  }

  /// Line ends and tabs are written as references where a parser would turn them into blanks.
  private mutating func escape(_ text: String, quoted: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "'" where quoted: output += "&apos;"
      case "\n" where quoted: output += "&#10;"
      case "\t" where quoted: output += "&#9;"
      case "\r": output += "&#13;"
      default: output.unicodeScalars.append(scalar)
      }
    }
  }

  /// Refuses what the XML 1.0 production `Char` leaves out; Swift has no lone surrogates.
  static func checkCharacters(_ text: String, in place: String) throws(XMLProblem) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...: continue
      default: throw .illegalCharacter(scalar: scalar.value, in: place)
      }
    }
  }

  /// Stricter than XML itself: ASCII letters, digits and `_ - . :`, as libvirt's names are,
  /// and any letter beyond ASCII.
  static func checkName(_ name: String) throws(XMLProblem) {
    let scalars = name.unicodeScalars
    guard let first = scalars.first, first == "_" || first.properties.isAlphabetic,
      scalars.allSatisfy({
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-.:".unicodeScalars.contains($0)
      })
    else { throw .illegalName(name) }
  }
}
