import ArgumentParser
import CoveyWire

/// `covey backup list`: the backups in a folder.
struct BackupList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the backups of one guest, or of all guests in a folder.",
    discussion: """
      Example:
        covey backup list /mnt/backups
        covey backup list /mnt/backups/one
      """)

  @Argument(help: "A guest's folder of backups, or the one that holds those.")
  var folder: FolderArgument
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<BackupView> = try await session.client.get(
      Routes.backups, ["folder": folder.path])
    try session.show(list) { BackupText.list(list.items, in: folder.path, session.style) }
  }
}
