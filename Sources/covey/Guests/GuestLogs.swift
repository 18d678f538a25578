import ArgumentParser
import CoveyWire
import Foundation

/// `covey logs`: what a guest wrote to its console.
struct GuestLogs: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what a guest wrote to its console.",
    discussion: """
      Example:
        covey logs one --lines 50 --follow
      """)

  @Argument(help: "The guest's name.") var name: String
  @Option(name: [.short, .long], help: "How many of the last lines.") var lines = 100
  @Flag(name: .shortAndLong, help: "Go on with what comes, until Ctrl-C.") var follow = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if lines < 0 { throw ValidationError("--lines must not be negative") }
    if follow && common.format != .table {
      throw ValidationError("--follow writes plain lines; it has no --format")
    }
  }

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.guests, name)
    if follow {
      let guest: InfoView<GuestView> = try await session.client.get(path)
      return try await tail(guest.item, session)
    }
    let log: LogView = try await session.client.get("\(path)/logs", ["lines": "\(lines)"])
    try session.show(log) { log.lines.map { $0 + "\n" }.joined() }
  }

  /// Follows the file itself, so that no line is lost or shown twice; a file that starts anew is read from its start.
  private func tail(_ guest: GuestView, _ session: Session) async throws {
    guard let path = guest.log, let file = FileHandle(forReadingAtPath: path) else {
      throw ErrorView(
        code: "unavailable", message: "the console's file of \(guest.name) cannot be read",
        subject: guest.name, hint: "it is kept by the daemon; run this on its host as its user")
    }
    defer { file.closeFile() }
    var offset = UInt64(0)
    var first = true
    while true {
      let end = try file.seekToEnd()
      if end < offset { offset = 0 }
      try file.seek(toOffset: offset)
      let data = try file.read(upToCount: Int(end - offset)) ?? Data()
      offset += UInt64(data.count)
      let text = String(decoding: data, as: UTF8.self)
      session.screen.out(first ? Self.last(lines, of: text) : text)
      first = false
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  /// The last lines of a text, an unfinished one included.
  static func last(_ count: Int, of text: String) -> String {
    let isFinished = text.hasSuffix("\n")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.suffix(count + (isFinished ? 1 : 0)).joined(separator: "\n")
  }
}
