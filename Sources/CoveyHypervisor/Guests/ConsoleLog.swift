import Foundation

/// The file that keeps what a guest wrote to its console.
public struct ConsoleLog: Sendable {
  /// At most this much is read from the end of the file, in bytes.
  static let readAtMost: UInt64 = 256 << 10

  /// What moves a terminal's cursor, and colours it, as firmware does (ECMA-48).
  private static var terminalCommand: some RegexComponent {
    /\e(?:\[[0-?]*[ -\/]*[@-~]|[ -\/]*[0-Z\\-~])/
  }

  let path: String

  public init(path: String) { self.path = path }

  /// The last lines, oldest first, without control characters; empty when there is no log.
  public func tail(_ count: Int) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }  // read-only: there is nothing to lose
    guard let size = try? file.seekToEnd() else { return [] }
    let start = size > Self.readAtMost ? size - Self.readAtMost : 0
    guard (try? file.seek(toOffset: start)) != nil, let data = try? file.readToEnd() else {
      return []
    }
    let text = String(decoding: data, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(
        line.replacing(Self.terminalCommand, with: "").unicodeScalars
          .filter { $0.properties.generalCategory != .control })
    }
    return Array(lines.filter { !$0.allSatisfy(\.isWhitespace) }.suffix(count))
  }
}
