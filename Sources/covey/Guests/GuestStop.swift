import ArgumentParser
import CoveyWire

/// `covey stop`: lets guests power off, and ends those that do not in time.
struct GuestStop: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop guests: let them power off, end those that do not in time.",
    discussion: """
      A group decides when its members stop. One with a disk of its own can be stopped while its group is paused.

      Example:
        covey stop one two --within 10s
      """)

  @Argument(help: "Guests' names.") var names: [String]
  @Option(help: "How long a guest may take to power off (20s if not given).") var within: Span?
  @Flag(help: "End the machines at once, as if the power failed.") var force = false
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let body = StopBody(within: within?.wire, force: force ? true : nil)
    try await GuestBatch(verb: "stop", names: names, waiting: waiting, dryRun: dryRun)
      .run(session) { client, path in
        try await client.post("\(path)/stop", body)
      }
  }
}
