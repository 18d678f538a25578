/// Why a document could not be read or written.
public enum XMLProblem: Error, Sendable, Hashable {
  /// Not well formed; line and column count from 1 and are where the parser gave up.
  case malformed(line: Int, column: Int)
  /// It carries a document type declaration. libvirt never writes one, and entities are a way
  /// to read files and to fill the memory, so such documents are refused before parsing.
  case documentType
  /// A character that XML cannot carry in any spelling, such as U+0000 or U+001B.
  case illegalCharacter(scalar: UInt32, in: String)
  /// Not usable as a name of an element or attribute.
  case illegalName(String)
  /// A comment, CDATA section or instruction that contains its own end mark.
  case illegalContent(String)
  /// Another root element than the view is for.
  case unexpectedRoot(String, expected: String)
}

extension XMLProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let line, let column):
      return "not well formed at line \(line), column \(column)"
    case .documentType: return "document type declarations are not accepted"
    case .illegalCharacter(let scalar, let place):
      return "XML cannot carry U+\(String(scalar, radix: 16, uppercase: true)) (in \(place))"
    case .illegalName(let name): return "\"\(name)\" is not a name"
    case .illegalContent(let text): return "\"\(text)\" contains its own end mark"
    case .unexpectedRoot(let name, let expected):
      return "the root element is <\(name)>, not <\(expected)>"
    }
  }
}
