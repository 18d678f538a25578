import ArgumentParser
import Foundation

/// `covey backup`: copies of guests' disks in folders of their own.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Backups: copies of guests' disks that outlive the host.",
    discussion: """
      Example:
        covey backup create one --to /mnt/backups
        covey backup verify /mnt/backups/one
        covey backup restore /mnt/backups/one --name one-again --start
      """,
    subcommands: [
      BackupCreate.self, BackupList.self, BackupVerify.self, BackupRestore.self,
      BackupDelete.self,
    ])
}

/// A folder as the user names it, seen from where the user is; the daemon is elsewhere.
struct FolderArgument: ExpressibleByArgument, Hashable, Sendable {
  let path: String

  init(argument: String) {
    let here = FileManager.default.currentDirectoryPath
    path =
      argument.hasPrefix("/")
      ? argument : URL(filePath: here).appending(path: argument).standardizedFileURL.path
  }
}
