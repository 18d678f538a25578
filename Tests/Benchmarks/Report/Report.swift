import Foundation

/// The files that a run leaves: `benchmarks.json` with every sample, and the measured part of `benchmarks.md`.
enum Report {
  /// The command as one would type it again, without what the stages add.
  static var command: String {
    let words = CommandLine.arguments.dropFirst()
    let own = words.firstIndex(of: "--stage").map { words[..<$0] } ?? words
    return own.isEmpty ? "make bench" : "covey-bench \(own.joined(separator: " "))"
  }

  /// - Parameter folder: made when it is not there. A document that is there keeps what was written by hand, and the
  ///   figures of trials that were not run this time.
  ///
  /// - Returns: what could not be measured.
  static func write(from findings: String, into folder: String) throws -> [String] {
    let data = try Data(contentsOf: URL(filePath: findings))
    var found = try JSONDecoder().decode(Findings.self, from: data)
    let failures = found.failures
    let json = "\(folder)/benchmarks.json"
    if let earlier = FileManager.default.contents(atPath: json) {
      found = found.keeping(try JSONDecoder().decode(Findings.self, from: earlier))
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/benchmarks.md"
    let before = (try? String(contentsOfFile: path, encoding: .utf8)) ?? blank
    guard
      let document = MarkedPart.replace(in: before, with: MarkdownReport(findings: found).text)
    else { throw Trouble("\(path) lacks the marks between which the report belongs") }
    try Data(document.utf8).write(to: URL(filePath: path))
    try found.write(to: json)
    print("\(path) and \(json) are written")
    return failures
  }

  private static var blank: String { "# Benchmarks\n\n\(MarkedPart.begin)\n\(MarkedPart.end)\n" }
}

extension Findings {
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: path))
  }
}

extension Place {
  /// Where the inner part leaves its findings for the outer one.
  var findings: String { "\(folder)/findings.json" }
}
