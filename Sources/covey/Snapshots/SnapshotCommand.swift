import ArgumentParser

/// `covey snapshot`: states of guests to go back to.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Snapshots: states of a guest's disk to go back to.",
    discussion: """
      Example:
        covey snapshot create one before-upgrade
        covey snapshot restore one before-upgrade
      """,
    subcommands: [
      SnapshotCreate.self, SnapshotList.self, SnapshotRestore.self, SnapshotDelete.self,
      SnapshotDiff.self,
    ])
}
