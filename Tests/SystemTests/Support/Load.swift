import Foundation
import Testing

/// What wrk counted.
struct Load: Hashable, Sendable {
  var requests = 0
  /// Answers that are neither 2xx nor 3xx.
  var refused = 0
  /// Connections that failed, and answers that did not come.
  var broken = 0

  /// Loads an endpoint while the body runs, for ten minutes at most.
  ///
  /// - Returns: what wrk counted from the body's start to its end.
  static func on(
    _ endpoint: String, units: Int = 5, connections: Int = 2, of daemon: Daemon,
    _ body: () async throws -> Void
  ) async throws -> Load {
    let log = "\(daemon.state)/wrk.log"
    try? FileManager.default.removeItem(atPath: log)  // of the load before
    let options = ["-t", "1", "-c", "\(connections)", "-d", "600s", "--timeout", "60s"]
    let wrk = try Child(
      "/usr/bin/wrk", options + ["http://\(endpoint)/cgi-bin/work?n=\(units)"], log: log)
    do {
      try await body()
    } catch {
      wrk.send(SIGKILL)
      await wrk.end()
      throw error
    }
    // wrk ends at once and tells what it counted.
    wrk.send(SIGINT)
    await wrk.end()
    return try Load(wrk.output)
  }

  private init(_ text: String) throws {
    for line in text.split(separator: "\n") {
      let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
      if line.contains(" requests in ") { requests = numbers.first ?? 0 }
      if line.contains("Non-2xx") { refused = numbers.last ?? 0 }
      if line.contains("Socket errors") { broken = numbers.reduce(0, +) }
    }
    guard requests > 0 else { throw Unexpected("wrk counted nothing: \(text)") }
  }
}

extension Load {
  /// Every request got a good answer.
  func expectNoFailure(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(refused == 0, "\(self)", sourceLocation: sourceLocation)
    #expect(broken == 0, "\(self)", sourceLocation: sourceLocation)
  }
}
