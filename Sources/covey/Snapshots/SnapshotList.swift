import ArgumentParser
import CoveyWire

/// `covey snapshot list`: a guest's snapshots as a tree.
struct SnapshotList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show a guest's snapshots as a tree, and what each costs.",
    discussion: """
      SIZE is what changed since the snapshot above it. "(now)" is the guest's present state.

      Example:
        covey snapshot list one
      """)

  @Argument(help: "The guest's name.") var guest: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: SnapshotListView = try await session.client.get(
      ObjectPath.of(Routes.guests, guest, "snapshots"))
    try session.show(list) { SnapshotText.tree(list, of: guest, session.style) }
  }
}
