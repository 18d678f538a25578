import ArgumentParser
import CoveyWire

/// `covey backup verify`: reads backups again.
struct BackupVerify: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read backups again, and say what is wrong with them.",
    discussion: """
      Compares the SHA-256 of each file, and has qemu-img check what is in it. Ends with 1 when something is wrong.

      Example:
        covey backup verify /mnt/backups/one
      """)

  @Argument(help: "A guest's folder of backups.") var folder: FolderArgument
  @Option(help: "One backup, with those that it stands on; all if not given.") var id: Int?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      "\(Routes.backups)/verify", BackupVerifyBody(folder: folder.path, id: id))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { BackupText.verified(done) }
  }
}
