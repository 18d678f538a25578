/// Blanks out the comments and the text in quotes of Swift code, and keeps every line where it is.
///
/// Code inside of an interpolation stays, since it runs like any other.
struct CodeScanner {
  private enum Mode {
    case code(parentheses: Int)
    case text(quotes: Int, hashes: Int)
  }

  private let characters: [Character]
  private var at = 0
  private var output = ""
  /// What is open, innermost last.
  private var modes: [Mode] = [.code(parentheses: 0)]

  init(_ text: String) { characters = Array(text) }

  mutating func code() -> String {
    while at < characters.count {
      switch modes.last {
      case .text(let quotes, let hashes): stepInText(quotes, hashes)
      case .code, nil: stepInCode()
      }
    }
    return output
  }

  private mutating func stepInCode() {
    if sees("//") {
      while at < characters.count, !characters[at].isNewline { blank() }
    } else if sees("/*") {
      skipBlockComment()
    } else if let (quotes, hashes) = openingQuotes() {
      modes.append(.text(quotes: quotes, hashes: hashes))
      for _ in 0..<quotes + hashes { blank() }
    } else {
      countParenthesis()
      keep()
    }
  }

  private mutating func stepInText(_ quotes: Int, _ hashes: Int) {
    let ending = String(repeating: "\"", count: quotes) + String(repeating: "#", count: hashes)
    let escape = "\\" + String(repeating: "#", count: hashes)
    if sees(ending) {
      modes.removeLast()
      for _ in ending { blank() }
    } else if sees(escape + "(") {
      modes.append(.code(parentheses: 1))
      for _ in 0...escape.count { blank() }
    } else if sees(escape) {
      for _ in 0...escape.count { blank() }
    } else {
      blank()
    }
  }

  private mutating func countParenthesis() {
    guard case .code(let open) = modes.last, modes.count > 1 else { return }
    let depth = open + (characters[at] == "(" ? 1 : characters[at] == ")" ? -1 : 0)
    modes.removeLast()
    if depth > 0 { modes.append(.code(parentheses: depth)) }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if sees("/*") {
        depth += 1
        blank()
      } else if sees("*/") {
        depth -= 1
        blank()
      }
      blank()
    } while depth > 0 && at < characters.count
  }

  private func openingQuotes() -> (quotes: Int, hashes: Int)? {
    var place = at
    while place < characters.count, characters[place] == "#" { place += 1 }
    guard place < characters.count, characters[place] == "\"" else { return nil }
    let isTriple = characters[place...].starts(with: "\"\"\"")
    return (isTriple ? 3 : 1, place - at)
  }

  private func sees(_ word: String) -> Bool { characters[at...].starts(with: word) }

  private mutating func keep() {
    guard at < characters.count else { return }
    output.append(characters[at])
    at += 1
  }

  private mutating func blank() {
    guard at < characters.count else { return }
    output.append(characters[at].isNewline ? characters[at] : " ")
    at += 1
  }
}
