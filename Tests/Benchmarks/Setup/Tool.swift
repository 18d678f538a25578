import Foundation
import Subprocess

/// Programs that run and end: those of Debian, and covey itself.
enum Tool {
  /// How long any of them may take, installing a template's packages included.
  static let patience = Duration.seconds(900)

  /// Runs a program to its end; it may be repeated as far as the program may.
  ///
  /// - Parameters:
  ///   - words: the program, as a path or a name in PATH, and its arguments.
  ///   - input: what it reads from its standard input.
  /// - Returns: standard output.
  /// - Throws: `Trouble` with the end of standard error when it fails or cannot be started.
  @discardableResult
  static func run(
    _ words: [String], environment: [String: String] = [:], input: String = "",
    within: Duration = patience
  ) async throws -> String {
    var updates: [Environment.Key: String?] = ["LC_ALL": "C"]
    for (key, value) in environment { updates[Environment.Key(stringLiteral: key)] = value }
    let program: Executable = words[0].hasPrefix("/") ? .path(.init(words[0])) : .name(words[0])
    let result = try await Deadline.limit(within, "\(words[0]) does not end") {
      [updates] in
      try await Subprocess.run(
        program, arguments: .init(Array(words.dropFirst())),
        environment: .inherit.updating(updates), input: .string(input),
        output: .string(limit: 32 << 20), error: .string(limit: 1 << 20))
    }
    guard result.terminationStatus.isSuccess else {
      throw Trouble(
        "\(words.joined(separator: " ")): \(result.terminationStatus): "
          + "\(result.standardError.suffix(600))")
    }
    return result.standardOutput
  }

  /// Where a program lies; nil when it is nowhere in PATH.
  static func path(of program: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let places = folders.map(String.init) + ["/usr/sbin", "/sbin"]
    return places.map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
