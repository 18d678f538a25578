/// A file of the tree: as it is written, and as code alone.
struct SourceFile {
  /// From the top of the repository.
  let path: String
  let lines: [String]
  /// The same lines with comments and text in quotes blanked out.
  let code: [String]

  init(_ path: String, _ text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var scanner = CodeScanner(text)
    let bare = path.hasSuffix(".swift") ? scanner.code() : text
    code = bare.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The first two folders, `Sources/Covey`, or fewer.
  var room: String {
    path.split(separator: "/").dropLast().prefix(2).joined(separator: "/")
  }

  var isSource: Bool { path.hasPrefix("Sources/") }
  var stem: String {
    String(path.split(separator: "/").last?.split(separator: ".").first ?? "")
  }

  /// Each place in the code where a word stands on its own, by line.
  func lines(calling word: String) -> [Int] {
    code.indices.filter { code[$0].stands(word) }.map { $0 + 1 }
  }
}

extension String {
  /// Whether a word occurs that is not the end of a longer identifier.
  func stands(_ word: String) -> Bool {
    var rest = self[...]
    while let range = rest.firstRange(of: word) {
      let before = rest[..<range.lowerBound].last ?? self[..<range.lowerBound].last
      let isPartOfName = before.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      if !isPartOfName || word.hasPrefix(".") { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
