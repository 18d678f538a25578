/// Lines at the end of a terminal that are redrawn in place.
struct LiveArea: Sendable {
  private var height = 0

  init() {}

  /// The text that replaces what was drawn before; lines are cut to the terminal's size, so that none wraps.
  mutating func draw(_ lines: [String], columns: Int, rows: Int) -> String {
    let shown = lines.prefix(max(1, rows - 1)).map { Self.cut($0, to: columns) }
    let text = erase() + shown.map { $0 + "\n" }.joined()
    height = shown.count
    return text
  }

  /// The text that removes what was drawn.
  mutating func erase() -> String {
    defer { height = 0 }
    return height == 0 ? "" : "\u{1B}[\(height)A\r\u{1B}[J"
  }

  /// The first columns of a line; colour codes take no room and are all kept.
  static func cut(_ line: String, to columns: Int) -> String {
    var text = ""
    var room = columns
    var isCode = false
    for character in line {
      if character == "\u{1B}" { isCode = true }
      if isCode {
        text.append(character)
        if character.isLetter { isCode = false }
      } else if room > 0 {
        text.append(character)
        room -= 1
      }
    }
    return text
  }
}
