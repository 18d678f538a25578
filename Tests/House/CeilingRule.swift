/// How long files and functions may grow.
enum CeilingRule {
  static let fileLines = 400
  static let functionLines = 60

  static func findings(_ file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    let length = file.lines.last?.isEmpty == true ? file.lines.count - 1 : file.lines.count
    if length > fileLines {
      found.append(
        Finding(
          file.path, "it has \(length) lines, the ceiling is \(fileLines)",
          "move a type or an extension that stands for itself into a file of its own"))
    }
    for function in functions(of: file) where function.length > functionLines {
      found.append(
        Finding(
          file.path, line: function.line,
          "a function of \(function.length) lines, the ceiling is \(functionLines)",
          "keep the control flow here and give each part a function with a name"))
    }
    return found
  }

  /// Functions and initialisers with a body, by counting braces.
  static func functions(of file: SourceFile) -> [(line: Int, length: Int)] {
    file.code.indices.compactMap { index in
      guard declares(file.code[index]), let end = end(of: index, in: file.code) else { return nil }
      return (index + 1, end - index + 1)
    }
  }

  private static let openers = ["func ", "init(", "init?(", "init<", "deinit", "subscript("]

  private static func declares(_ line: String) -> Bool {
    let words = line.drop { $0 == " " }
    guard let opener = openers.first(where: { String(words).stands($0) }),
      let range = words.firstRange(of: opener)
    else { return false }
    // What stands before a declaration is attributes and modifiers: no call, no assignment.
    return words[..<range.lowerBound].allSatisfy {
      $0.isLetter || $0 == " " || $0 == "@" || $0 == "(" || $0 == ")"
    }
  }

  /// The line of a declaration's closing brace; nil when it has no body.
  private static func end(of start: Int, in code: [String]) -> Int? {
    var (braces, parentheses) = (0, 0)
    for index in start..<code.count {
      if braces == 0, parentheses == 0, index > start, declares(code[index]) { return nil }
      for character in code[index] {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{" where parentheses == 0 || braces > 0: braces += 1
        case "}" where braces == 0 && parentheses == 0: return nil
        case "}" where braces > 0:
          braces -= 1
          if braces == 0 { return index }
        default: break
        }
      }
    }
    return nil
  }
}
