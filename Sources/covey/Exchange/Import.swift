import ArgumentParser
import CoveyWire

/// `covey import`: takes in what `covey export` wrote.
struct Import: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take in a file that \"covey export\" wrote.",
    discussion: """
      Every digest in the file is checked before anything is kept. A guest comes in with the template that it stands on, \
      and is off; images from elsewhere come in by: covey template import

      Example:
        covey import one.covey --name two
      """)

  @Argument(help: "The file.") var file: String
  @Option(help: "What a guest in it shall be called; its own name if not given.")
  var name: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      Routes.imports, ImportBody(path: HostPath.absolute(file), name: name))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { ExchangeText.imported(done) }
  }
}
