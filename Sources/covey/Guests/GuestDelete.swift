import ArgumentParser
import CoveyWire

/// `covey delete`: removes guests with their disks.
struct GuestDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove guests with their disks.",
    discussion: """
      A guest that runs is shut down first. --force ends it at once, interrupts what is under way, and \
      always ends.

      Example:
        covey delete one two --force
      """)

  @Argument(help: "Guests' names.") var names: [String]
  @Flag(help: "End machines at once, whatever state they are in; interrupt what is under way.")
  var force = false
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let query = force ? ["force": "true"] : [:]
    try await GuestBatch(verb: "delete", names: names, waiting: waiting, dryRun: dryRun)
      .run(session) { client, path in
        try await client.delete(path, query)
      }
  }
}
