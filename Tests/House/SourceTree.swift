import Foundation

/// The repository as it lies on the disk.
enum SourceTree {
  /// The top of the repository, two folders above this file's.
  static let top = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Swift files of Sources, Tests and docs.
  static let swift: [SourceFile] = read(["Sources", "Tests", "docs"], ending: ".swift")

  /// Markdown files of the whole repository.
  static let markdown: [SourceFile] = read(topEntries, ending: ".md")

  /// Every file and folder at or below the given ones, from the top.
  static func paths(below folders: [String]) -> [String] {
    folders.flatMap { folder in
      let start = top.appendingPathComponent(folder).path
      let below = FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String }
      return [folder] + (below ?? []).map { "\(folder)/\($0)" }
    }
    .sorted()
  }

  /// What lies at the top, but for what git and the build tool keep there.
  private static var topEntries: [String] {
    // Nothing found is a failure of its own: `theTreeWasFound`.
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: top.path)) ?? []
    return entries.filter { $0 != ".git" && !$0.hasPrefix(".build") }
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: top.appendingPathComponent(path).path)
  }

  /// What git tracks; nil where the tree is not a git repository, as in a released archive.
  static func tracked() throws -> [String]? {
    guard exists(".git") else { return nil }
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-c", "safe.directory=*", "-C", top.path, "ls-files"]
    let pipe = Pipe()
    git.standardOutput = pipe
    try git.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func read(_ folders: [String], ending: String) -> [SourceFile] {
    paths(below: folders).filter { $0.hasSuffix(ending) }.compactMap { path in
      // A file that was moved away between listing and reading breaks no rule.
      (try? String(contentsOf: top.appendingPathComponent(path), encoding: .utf8))
        .map { SourceFile(path, $0) }
    }
  }
}
