import ArgumentParser
import CoveyWire

/// `covey snapshot delete`: gives a state up.
struct SnapshotDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Give a snapshot up; all other states stay as they are.",
    discussion: """
      What other states need of it is merged into them, while the guest goes on running.

      Example:
        covey snapshot delete one before-upgrade
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Argument(help: "The snapshot's name.") var name: String
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let base = try ObjectPath.of(Routes.guests, guest, "snapshots")
    let operation: OperationView = try await session.client.delete(
      ObjectPath.of(base, name), [:])
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { SnapshotText.deleted(name, done) }
  }
}
