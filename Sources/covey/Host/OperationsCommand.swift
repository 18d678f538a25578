import ArgumentParser

/// `covey operations`: things under way in the daemon.
struct OperationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations", abstract: "Operations: things that take time in the daemon.",
    discussion: """
      Example:
        covey operations info $(covey launch one --template tiny-web --no-wait)
      """,
    subcommands: [OperationList.self, OperationInfo.self, OperationCancel.self])
}
