/// The manners of names, folders and documents.
enum PaperRule {
  /// Words that say nothing about what a file holds.
  static let emptyWords: Set = [
    "Common", "Util", "Utils", "Utilities", "Helper", "Helpers", "Manager", "Misc",
  ]

  static func names(_ path: String) -> [Finding] {
    path.split(separator: "/").compactMap { part in
      // `HTTPHelper+More.swift` is about an HTTPHelper.
      let name = part.prefix { $0 != "." && $0 != "+" }
      let lastWord = name.lastIndex(where: \.isUppercase).map { String(name[$0...]) }
      guard let lastWord, emptyWords.contains(lastWord) else { return nil }
      return Finding(path, "the name says only \"\(lastWord)\"", "name it after what it holds")
    }
  }

  /// A document has one top heading, and it comes first.
  static func headings(_ file: SourceFile) -> [Finding] {
    var isCode = false
    var tops: [Int] = []
    for (index, line) in file.lines.enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      if !isCode, line.hasPrefix("# ") { tops.append(index + 1) }
    }
    guard tops != [1] else { return [] }
    return [
      Finding(
        file.path, line: tops.dropFirst().first ?? tops.first,
        "a document has one top heading, on its first line; this one has \(tops.count)",
        "begin with \"# Title\" and use \"##\" below it")
    ]
  }

  /// What git must not hold.
  static func tracked(_ paths: [String]) -> [Finding] {
    paths.filter { $0 == "Package.resolved" || $0.hasPrefix(".build/") }.map {
      Finding($0, "git tracks it", "run: git rm --cached \($0)")
    }
  }

  /// Every template's folder can be built and explains itself.
  static func templates(_ paths: [String]) -> [Finding] {
    let parts = paths.map { $0.split(separator: "/").map(String.init) }
    let folders = Set(parts.filter { $0.count > 2 && $0[0] == "templates" }.map { $0[1] })
    return folders.sorted().flatMap { folder in
      ["template.yaml", "README.md"].filter { !paths.contains("templates/\(folder)/\($0)") }.map {
        Finding("templates/\(folder)", "it has no \($0)", "add templates/\(folder)/\($0)")
      }
    }
  }
}
