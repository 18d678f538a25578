import ArgumentParser
import CoveyWire

/// `covey snapshot restore`: takes a guest back to a state that it had.
struct SnapshotRestore: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Take a guest back to a state that it had.",
    discussion: """
      A guest that runs is stopped, and runs again afterwards; one that is off, or has failed, stays off unless \
      --start is given. A snapshot with memory goes on where it was.

      The state that the guest has now is kept as a snapshot of its own, left-1, left-2, ..., unless --discard is given.

      Example:
        covey snapshot restore one before-upgrade --start
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Argument(help: "The snapshot's name.") var name: String
  @Flag(help: "Start the guest also when it does not run now.") var start = false
  @Flag(help: "Give up the state that the guest has now.") var discard = false
  @Option(help: "How long a running guest may take to power off (20s if not given).")
  var within: Span?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let base = try ObjectPath.of(Routes.guests, guest, "snapshots")
    let body = RestoreBody(
      start: start ? true : nil, discard: discard ? true : nil, within: within?.wire)
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(base, name, "restore"), body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { SnapshotText.restored(name, done) }
  }
}
