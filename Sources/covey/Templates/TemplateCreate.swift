import ArgumentParser
import CoveyWire

/// `covey template create`: seals a prepared guest.
struct TemplateCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Seal a guest's disk as a template, or as a new version of one.",
    discussion: """
      Prepare a guest, stop it, and make a template of it; or seal one of its snapshots while it runs. The guest stays as \
      it is. What belongs to one machine alone, such as SSH host keys, is sealed too: "covey template lint" finds it.

      Example:
        covey template create my-web --from one
      """)

  @Argument(help: "The template's name.") var name: String
  @Option(help: "The guest.") var from: String
  @Option(help: "A snapshot of it, instead of what its disk holds now.") var snapshot: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(Routes.guests, from, "seal"), SealBody(template: name, snapshot: snapshot))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { ExchangeText.sealed(name, done) }
  }
}
