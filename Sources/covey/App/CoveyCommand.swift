import ArgumentParser
import Foundation

/// The command `covey`: its verbs, and the one path from arguments to an exit status.
struct CoveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "covey",
    abstract: "Full virtual machines that start like containers and scale like a cloud.",
    discussion: """
      Verbs on their own act on guests; everything else is NOUN VERB.

      Example:
        covey template build templates/tiny-web
        covey launch one --template tiny-web
        covey group create web --template tiny-web --listen 127.0.0.1:8080

      Exit status: 0 done, 1 refused or failed, 64 wrong usage, 69 daemon not reachable,
      75 deadline passed, 130 interrupted.
      """,
    subcommands: [DemoCommand.self, Doctor.self, Version.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Guests",
        subcommands: [
          GuestLaunch.self, GuestList.self, GuestInfo.self, GuestStart.self, GuestStop.self,
          GuestRestart.self, GuestDelete.self, GuestConsole.self, GuestLogs.self,
          GuestWaitCommand.self,
        ]),
      CommandGroup(
        name: "Everything else",
        subcommands: [
          TemplateCommand.self, GroupCommand.self, SnapshotCommand.self,
          DiskCommand.self, BackupCommand.self, PoolCommand.self, BalancerCommand.self, Export.self,
          Import.self,
          Apply.self,
          OperationsCommand.self,
        ]),
    ])

  /// Runs one command line.
  ///
  /// - Returns: the exit status; everything for the user has been written to the screen.
  static func run(
    _ arguments: [String], on screen: Screen,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async -> Int32 {
    var format = Format.asked(in: arguments)
    do {
      var command = try parseAsRoot(arguments)
      guard let verb = command as? any CoveyVerb else {
        try command.run()
        return 0
      }
      format = verb.common.format
      let session = Session(verb.common, on: screen, environment: environment)
      if verb.endsItself {
        try await verb.act(session)
      } else {
        try await Interruption.race { try await verb.act(session) }
      }
      return 0
    } catch {
      return report(error, as: format, on: screen)
    }
  }

  private static func report(_ error: any Error, as format: Format, on screen: Screen) -> Int32 {
    let failure = Failure(error)
    switch failure.kind {
    case .help(let text): screen.out(text + "\n")
    case .usage(let text) where format == .table: screen.err(text + "\n")
    default: screen.err(failure.text(as: format))
    }
    return failure.status
  }
}
