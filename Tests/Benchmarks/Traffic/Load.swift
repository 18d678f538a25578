import Foundation

/// Requests at a bounded rate, each on a connection of its own, by `hey`.
struct Load: Sendable {
  static let workers = 10
  static let perSecond = 200
  /// How long a client waits for an answer before the request counts as failed, in seconds.
  static let patience = 5
  /// For what happens to be measured, and for what it leaves to be seen.
  static let before = Duration.seconds(2)
  static let after = Duration.seconds(2)

  /// Where it comes from: words before the program's own.
  var prefix: [String] = []
  let url: String
  let place: Place

  /// Loads for as long as the work takes, and some seconds before and after.
  ///
  /// - Throws: the work's own error; `Trouble` when nothing was answered.
  func during(_ work: () async throws -> Void) async throws -> HeyReport {
    let log = "\(place.folder)/hey.log"
    try place.write("", to: log)
    let words =
      prefix + [
        "hey", "-z", "10m", "-c", "\(Self.workers)", "-q", "\(Self.perSecond / Self.workers)",
        "-t", "\(Self.patience)", "-disable-keepalive", url,
      ]
    let child = try Child(words, log: log)
    do {
      try await Task.sleep(for: Self.before)
      try await work()
      try await Task.sleep(for: Self.after)
    } catch {
      await child.end()
      throw error
    }
    // It finishes what is under way, and says its figures.
    child.send(SIGINT)
    try await Deadline.wait(for: "hey to end", within: .seconds(30)) { !child.isRunning }
    let report = HeyReport(try String(contentsOfFile: log, encoding: .utf8))
    guard report.answered > 0 else { throw Trouble("nothing was answered: \(child.lastWords)") }
    return report
  }
}
