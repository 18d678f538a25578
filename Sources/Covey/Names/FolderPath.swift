/// A folder's path on the host, written one way only: from `/` on, without `.`, `..`, doubled or trailing slashes.
public struct FolderPath: Hashable, Sendable {
  /// Bytes of UTF-8; leaves room for a guest's name and a file's within Linux' 4096.
  public static let longest = 3500

  public let text: String

  /// - Throws: `Refusal.malformedFolder` with the reason.
  public init(_ text: String) throws(Refusal) {
    guard text.hasPrefix("/") else { throw .malformedFolder(text, why: "it does not begin with /") }
    guard text.utf8.count <= Self.longest else {
      throw .malformedFolder(String(text.prefix(40)) + "...", why: "it is too long")
    }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw .malformedFolder(text.filter { !$0.isNewline }, why: "it has control characters")
    }
    let parts = text.split(separator: "/")
    guard !parts.contains("..") else { throw .malformedFolder(text, why: "it has ..") }
    self.text = "/" + parts.filter { $0 != "." }.joined(separator: "/")
  }

  /// The folder of that name in this one.
  public func appending(_ name: Name) -> String { text == "/" ? "/\(name)" : "\(text)/\(name)" }

  /// Whether a path is this folder or below it.
  public func contains(_ path: String) -> Bool {
    path == text || path.hasPrefix(text == "/" ? "/" : text + "/")
  }
}
