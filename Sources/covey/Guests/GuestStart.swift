import ArgumentParser
import CoveyWire

/// `covey start`: starts guests that are stopped.
struct GuestStart: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start guests that are stopped.",
    discussion: """
      Example:
        covey start one two
      """)

  @Argument(help: "Guests' names.") var names: [String]
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    try await GuestBatch(verb: "start", names: names, waiting: waiting, dryRun: dryRun)
      .run(session) { client, path in
        try await client.post("\(path)/start")
      }
  }
}
