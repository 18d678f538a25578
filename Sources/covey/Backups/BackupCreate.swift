import ArgumentParser
import CoveyWire

/// `covey backup create`: backs a guest's disk up.
struct BackupCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Back a guest's disk up, while it runs or not.",
    discussion: """
      The first backup in a folder is full, later ones hold what changed since the one before. Where it is not certain \
      what changed, the backup is full again, and says why. A guest that runs goes on running. The result says how \
      consistent the state is, in the words of "covey snapshot create".

      The folder must be there; the guest's own folder is made in it: FOLDER/GUEST.

      Example:
        covey backup create one --to /mnt/backups --note "before the upgrade"
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Option(help: "A folder that is there, such as /mnt/backups.") var to: FolderArgument
  @Flag(help: "Make a full one, also where an incremental one would do.") var full = false
  @Option(help: "One line for people.") var note: String?
  @Option(help: "MiB a second at most; or an amount such as 500KiB with its unit.")
  var rate: RateArgument?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let body = BackupBody(to: to.path, full: full ? true : nil, note: note, rate: rate?.wire)
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(Routes.guests, guest, "backups"), body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let list: ListView<BackupView> = try await session.client.get(
      Routes.backups, ["folder": "\(to.path)/\(guest)"])
    guard let made = list.items.first(where: { $0.id == done.backup }) else {
      return try session.show(InfoView(done)) { OperationText.outcome(done) }
    }
    try session.show(InfoView(made)) { BackupText.made(made, after: done) }
  }
}
