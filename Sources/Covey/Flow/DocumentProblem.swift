/// What is wrong with a YAML document that a user wrote, and on which line.
public struct DocumentProblem: Error, Hashable, Sendable {
  /// The file as the user named it.
  public let file: String
  /// Counted from 1; nil when the whole document is meant.
  public let line: Int?
  public let kind: Kind

  public enum Kind: Hashable, Sendable {
    case syntax(String)
    case unknownKey(String, nearest: String?, known: [String])
    case missingKey(String, in: String)
    case wrongValue(key: String, expected: String, found: String)
    case repeatedKey(String)
  }

  public init(file: String, line: Int?, _ kind: Kind) {
    self.file = file
    self.line = line
    self.kind = kind
  }

  public var problem: Problem {
    let place = line.map { "\(file), line \($0)" } ?? file
    return switch kind {
    case .syntax(let reason):
      Problem(.invalid, subject: file, "\(place): not valid YAML: \(reason)", hint: "mend the file")
    case .unknownKey(let key, let nearest, let known):
      Problem(
        .invalid, subject: file, "\(place): unknown key \"\(key)\"",
        hint: nearest.map { "did you mean \"\($0)\"?" }
          ?? "known keys here: \(known.joined(separator: ", "))")
    case .missingKey(let key, let parent):
      Problem(
        .invalid, subject: file, "\(place): \"\(key)\" is missing in \(parent)",
        hint: "add a line \"\(key): ...\"")
    case .wrongValue(let key, let expected, let found):
      Problem(
        .invalid, subject: file, "\(place): \"\(key)\" is \(found)", hint: "it must be \(expected)")
    case .repeatedKey(let key):
      Problem(
        .invalid, subject: file, "\(place): \"\(key)\" stands twice", hint: "remove one of them")
    }
  }
}
