import ArgumentParser
import CoveyWire

/// `covey delete`: removes guests with their disks.
struct GuestDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove guests with their disks.",
    discussion: """
      A guest that runs is shut down first: it leaves its balancer, powers off, and is ended if it does \
      not in time. --force ends it at once and interrupts what is under way; it always ends. \
      A member of a group is replaced while the group wants as many. \
      --dry-run names the persistent disks that go.

      Example:
        covey delete one two --force
      """)

  @Argument(help: "Guests' names.") var names: [String]
  @Flag(help: "End machines at once, and interrupt what is under way.")
  var force = false
  @Flag(help: "Only say what would be done, and which persistent disks would go.")
  var dryRun = false
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
