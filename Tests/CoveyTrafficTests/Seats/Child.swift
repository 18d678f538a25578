import Foundation

/// A program in a network namespace beside the test; ended by the test.
final class Child: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()

  private init(in namespace: String, _ words: [String]) throws {
    process.executableURL = URL(filePath: "/usr/bin/nsenter")
    process.arguments = ["--net=/run/netns/\(namespace)", "--"] + words
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  static func listening(on port: Int, in namespace: String) throws -> Child {
    try Child(in: namespace, ["python3", "-m", "http.server", "\(port)"])
  }

  /// Requests at a bounded rate, each on a connection of its own: 200 a second for some seconds.
  static func load(on url: String, for seconds: Int, in namespace: String) throws -> Child {
    try Child(
      in: namespace,
      ["hey", "-z", "\(seconds)s", "-q", "20", "-c", "10", "-t", "2", "-disable-keepalive", url])
  }

  func end() {
    // SIGTERM may be blocked: the pool's threads block signals, and what they start inherits that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for its end. Blocks.
  func words() -> String {
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}

/// What hey says in the end.
struct HeyReport: Hashable, Sendable {
  let answered: Int
  /// Answers with another status than 200, and requests without one.
  let failed: Int

  init(_ text: String) {
    var (answered, failed) = (0, 0)
    for line in text.split(separator: "\n") {
      // "  [200]\t1823 responses", and under "Error distribution:" "  [12]\tGet ...".
      let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let first = parts.first, first.hasPrefix("["), first.hasSuffix("]"),
        let number = Int(first.dropFirst().dropLast())
      else { continue }
      guard parts.count == 3, parts[2] == "responses", let count = Int(parts[1]) else {
        failed += number
        continue
      }
      if number == 200 { answered += count } else { failed += count }
    }
    (self.answered, self.failed) = (answered, failed)
  }
}
