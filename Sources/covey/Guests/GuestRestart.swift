import ArgumentParser
import CoveyWire

/// `covey restart`: stops guests and starts them again.
struct GuestRestart: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Stop guests and start them again.",
    discussion: """
      Example:
        covey restart one
      """)

  @Argument(help: "Guests' names.") var names: [String]
  @Option(help: "How long a guest may take to power off (20s if not given).") var within: Span?
  @Flag(help: "End the machines at once, as if the power failed.") var force = false
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let body = StopBody(within: within?.wire, force: force ? true : nil)
    try await GuestBatch(verb: "restart", names: names, waiting: waiting, dryRun: dryRun)
      .run(session) { client, path in
        try await client.post("\(path)/restart", body)
      }
  }
}
