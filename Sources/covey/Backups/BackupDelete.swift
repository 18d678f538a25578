import ArgumentParser
import CoveyWire

/// `covey backup delete`: removes old backups.
struct BackupDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove old backups that no newer one stands on.",
    discussion: """
      The newest backups stay, as many as --keep says, and all that they stand on: an incremental one needs every one \
      down to a full one. What goes, goes in whole chains; to have older ones go, make a full one first.

      Example:
        covey backup delete /mnt/backups/one --keep 7 --dry-run
      """)

  @Argument(help: "A guest's folder of backups.") var folder: FolderArgument
  @Option(help: "How many of the newest stay.") var keep = 1
  @Flag(help: "Only say what would be removed.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let done: BackupPruneView = try await session.client.post(
      "\(Routes.backups)/delete",
      BackupDeleteBody(folder: folder.path, keep: keep, dryRun: dryRun ? true : nil))
    try session.show(done) { BackupText.pruned(done, in: folder.path) }
  }
}
