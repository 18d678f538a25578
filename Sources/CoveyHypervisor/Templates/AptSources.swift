import Covey

/// The host's own apt sources for one Debian release, in words that apt and mmdebstrap read.
///
/// covey names no package server: a host that can install packages of a release can build systems of it, with the same
/// servers, keys and proxies.
struct AptSources: Sendable, Hashable {
  /// Sources in the one-line style; empty when the host has none.
  private(set) var lines = ""
  /// Sources in the deb822 style, keys included; empty when the host has none.
  private(set) var stanzas = ""
  /// How apt fetches here: proxies, time-outs, and what it checks.
  private(set) var options = ""

  var isEmpty: Bool { lines.isEmpty && stanzas.isEmpty }

  static let linesFile = "host.list"
  static let stanzasFile = "host.sources"
  static let optionsFile = "options"

  /// Options that say how to fetch. Others say which files to fetch, and belong to the host's own system.
  private static let kept = [
    "Acquire::http::", "Acquire::https::", "Acquire::Check-", "Acquire::Retries", "Acquire::Force",
    "Acquire::Max-",
  ]

  /// Reads the host's configuration.
  ///
  /// - Throws: `.unavailable` when the host has no source for the suite.
  init(suite: String, subject: String) async throws {
    let purpose = "cannot read the host's apt sources"
    let places = try await Program.aptConfig.run(
      ["shell", "list", "Dir::Etc::sourcelist/f", "parts", "Dir::Etc::sourceparts/d"],
      to: purpose, subject: subject, within: .seconds(60))
    for place in places.text.split(separator: "\n").compactMap(Self.quoted) {
      for file in try Self.files(at: place) {
        let text = try HostFiles.text(of: file, limit: 1 << 20)
        file.hasSuffix(".sources") ? add(stanzas: text, of: suite) : add(lines: text, of: suite)
      }
    }
    guard !isEmpty else {
      throw Problem(
        .unavailable, subject: subject, "this host's apt has no source for Debian \(suite)",
        hint: "add one below /etc/apt/sources.list.d that names \(suite), then: apt-get update")
    }
    let dump = try await Program.aptConfig.run(
      ["dump"], to: purpose, subject: subject, within: .seconds(60))
    options =
      dump.text.split(separator: "\n").filter { line in Self.kept.contains { line.hasPrefix($0) } }
      .map { $0 + "\n" }.joined()
  }

  /// Nothing yet; text is added with `add`.
  init() {}

  /// Keeps those lines that name the suite or its updates.
  mutating func add(lines text: String, of suite: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let entry = line.prefix { $0 != "#" }
      let words = Self.withoutOptions(entry).split(whereSeparator: \.isWhitespace)
      guard words.count >= 3, words[0] == "deb", Self.belongs(words[2], to: suite) else { continue }
      lines += entry + "\n"
    }
  }

  /// Keeps those stanzas that name the suite or its updates, and of their suites only those.
  mutating func add(stanzas text: String, of suite: String) {
    for stanza in Self.stanzas(of: text) {
      var suites: [Substring] = []
      var kept = ""
      var isWanted = true
      for field in stanza {
        let colon = field.firstIndex(of: ":") ?? field.endIndex
        let words = field[colon...].dropFirst().split(whereSeparator: \.isWhitespace)
        switch field[..<colon].lowercased() {
        case "types": isWanted = isWanted && words.contains("deb")
        case "enabled":
          isWanted =
            isWanted && !["no", "false", "0"].contains(words.first?.lowercased() ?? "yes")
        case "suites": suites = words.filter { Self.belongs($0, to: suite) }
        default: kept += field + "\n"
        }
      }
      guard isWanted, !suites.isEmpty else { continue }
      stanzas += "Types: deb\nSuites: \(suites.joined(separator: " "))\n\(kept)\n"
    }
  }

  /// Writes the files, those that have something to say, into a folder.
  func write(into folder: String) throws {
    try HostFiles.makeFolder(folder)
    for (name, text) in [
      (Self.linesFile, lines), (Self.stanzasFile, stanzas), (Self.optionsFile, options),
    ] where !text.isEmpty {
      try HostFiles.write(text.utf8, to: "\(folder)/\(name)", mode: 0o644)
    }
  }

  /// Backports and proposed updates are other releases, as far as a template is concerned.
  private static func belongs(_ name: Substring, to suite: String) -> Bool {
    [suite, "\(suite)-updates", "\(suite)-security", "\(suite)/updates"].contains(String(name))
  }

  private static func withoutOptions(_ line: Substring) -> String {
    guard let start = line.firstIndex(of: "["), let end = line.firstIndex(of: "]"), start < end
    else { return String(line) }
    return line[..<start] + " " + line[end...].dropFirst()
  }

  /// Fields of each stanza; a field's further lines, which begin with a blank, stay with it.
  private static func stanzas(of text: String) -> [[String]] {
    var found: [[String]] = [[]]
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let isBlank = line.allSatisfy(\.isWhitespace)
      if isBlank {
        found.append([])
      } else if line.hasPrefix("#") {
        continue
      } else if line.first?.isWhitespace == true, let last = found[found.count - 1].popLast() {
        found[found.count - 1].append("\(last)\n\(line)")
      } else {
        found[found.count - 1].append(String(line))
      }
    }
    return found.filter { !$0.isEmpty }
  }

  /// The value of a line `name='value'`.
  private static func quoted(_ line: Substring) -> String? {
    guard let start = line.firstIndex(of: "'"), let end = line.lastIndex(of: "'"), start < end
    else { return nil }
    return String(line[line.index(after: start)..<end])
  }

  /// The file at a path, or the files in the folder there that apt reads.
  private static func files(at path: String) throws -> [String] {
    guard path.hasSuffix("/") else { return HostFiles.facts(of: path) == nil ? [] : [path] }
    guard HostFiles.facts(of: String(path.dropLast())) != nil else { return [] }
    return try HostFiles.names(in: path).filter {
      $0.hasSuffix(".list") || $0.hasSuffix(".sources")
    }.map { path + $0 }
  }
}
