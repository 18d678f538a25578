/// Rows and columns as text: headings, two spaces between columns, nothing after the last.
struct Table: Sendable {
  /// Where a column's text stands.
  enum Side: Sendable { case left, right }

  /// A text and its colour.
  struct Cell: Sendable, ExpressibleByStringInterpolation {
    let text: String
    let colour: Style.Colour?

    init(_ text: String, _ colour: Style.Colour? = nil) {
      self.text = text
      self.colour = colour
    }

    init(stringLiteral value: String) { self.init(value) }

    static func state(_ state: String) -> Cell { Cell(state, Style.colour(ofState: state)) }
  }

  private let headings: [(text: String, side: Side)]
  private var rows: [[Cell]] = []

  /// Headings; one that starts with `>` has its column to the right.
  init(_ headings: String...) { self.init(headings) }

  init(_ headings: [String]) {
    self.headings = headings.map {
      $0.hasPrefix(">") ? (String($0.dropFirst()), .right) : ($0, .left)
    }
  }

  mutating func add(_ cells: Cell...) { add(cells) }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  func text(_ style: Style) -> String { lines(style).map { $0 + "\n" }.joined() }

  func lines(_ style: Style) -> [String] {
    let heads = headings.map { Cell($0.text, .bold) }
    let all = [heads] + rows
    let widths = headings.indices.map { column in
      all.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
    }
    return all.map { line($0, widths, style) }
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
    var text = ""
    var pending = ""
    for (column, cell) in cells.enumerated() {
      let gap = String(repeating: " ", count: max(0, widths[column] - cell.text.count))
      if headings[column].side == .right { pending += gap }
      if !cell.text.isEmpty {
        text += pending + style.paint(cell.text, cell.colour)
        pending = ""
      }
      if headings[column].side == .left { pending += gap }
      pending += "  "
    }
    return text
  }
}

/// Names and values, one pair on a line, the values below each other.
struct Facts: Sendable {
  private var pairs: [(name: String, value: String)] = []

  /// Adds a pair on one line; a missing or empty value adds nothing.
  mutating func add(_ name: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    pairs.append((name, value.split(separator: "\n").joined(separator: " ")))
  }

  func text(_ style: Style) -> String {
    let width = pairs.map(\.name.count).max() ?? 0
    return pairs.map { pair in
      let gap = String(repeating: " ", count: width - pair.name.count)
      return "\(style.paint(pair.name, .bold))\(gap)  \(pair.value)\n"
    }.joined()
  }
}
