import Covey

/// A table whose header line, after `# `, names its columns, as HAProxy prints them.
///
/// Columns are found by name: HAProxy adds some with every version.
struct HeadedTable: Sendable {
  let rows: [[String: String]]

  /// - Parameters:
  ///   - separator: a comma for `show stat`, a space for `show servers state`.
  ///   - required: columns without which the table is of no use.
  /// - Throws: `.unavailable` when there is no header, or it lacks a required column.
  init(_ text: String, separator: Character, required: [String], subject: String) throws {
    let lines = text.split(separator: "\n")
    let header = lines.firstIndex { $0.hasPrefix("# ") }
    let columns = header.map { Self.fields(lines[$0].dropFirst(2), separator) } ?? []
    if let missing = required.first(where: { !columns.contains($0) }) {
      throw Problem(
        .unavailable, subject: subject, "HAProxy's answer has no column \"\(missing)\"",
        hint: "use HAProxy 2.6 or later (haproxy -v)")
    }
    rows = lines[((header ?? -1) + 1)...].map { line in
      Dictionary(
        zip(columns, Self.fields(line, separator)), uniquingKeysWith: { first, _ in first })
    }
  }

  /// Splits a line; a field in double quotes may hold separators, and quotes doubled.
  private static func fields(_ line: Substring, _ separator: Character) -> [String] {
    var fields: [String] = []
    var field = ""
    var quoted = false
    for character in line {
      if character == "\"" {
        quoted.toggle()
        // A doubled quote ends and begins again at once: keep one of the two.
        if quoted && !field.isEmpty { field.append(character) }
      } else if character == separator && !quoted {
        fields.append(field)
        field = ""
      } else {
        field.append(character)
      }
    }
    return fields + [field]
  }
}
