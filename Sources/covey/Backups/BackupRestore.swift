import ArgumentParser
import CoveyWire

/// `covey backup restore`: makes a new guest of a backup.
struct BackupRestore: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make a new guest with the disk that a backup has.",
    discussion: """
      Nothing is overwritten: the guest gets a name that no other has. It has the CPUs and the memory that the old one \
      had, and stays off unless --start is given. The template that the old one stood on must be here.

      Example:
        covey backup restore /mnt/backups/one --name one-again --id 3 --start
      """)

  @Argument(help: "A guest's folder of backups.") var folder: FolderArgument
  @Option(help: "The new guest's name.") var name: String
  @Option(help: "The backup; the newest if not given.") var id: Int?
  @Flag(help: "Start the guest once its disk is there.") var start = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.guests, name)
    let body = BackupRestoreBody(folder: folder.path, name: name, id: id, start: start ? true : nil)
    let operation: OperationView = try await session.client.post("\(Routes.backups)/restore", body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let guest: InfoView<GuestView> = try await session.client.get(path)
    try session.show(guest) { BackupText.restored(guest.item, from: folder.path, after: done) }
  }
}
