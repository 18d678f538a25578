import ArgumentParser
import CoveyWire

/// `covey template warm`: keeps a template's memory, so that guests are forked instead of booted.
struct TemplateWarm: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "warm",
    abstract: "Boot a template once and keep its memory, so that guests are forked from it.",
    discussion: """
      The template is booted, serves, is saved with memory, devices and disk, and never runs again. Guests and \
      groups of the same size are forked from it from then on. A fork shares the memory that it does not write; \
      only guests of one owner may share one warm template.

      Example:
        covey template warm tiny-web
        covey template warm tiny-web --memory 1GiB --cpus 2
      """)

  @Argument(help: "The template's name.") var name: String
  @Option(help: "Virtual CPUs of the forks; the template's if not given.") var cpus: Int?
  @Option(help: "Memory of the forks, such as 256MiB; the template's if not given.")
  var memory: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.templates, name)
    let operation: OperationView = try await session.client.post(
      "\(path)/warm", WarmBody(cpus: cpus, memory: memory))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let template: InfoView<TemplateView> = try await session.client.get(path)
    try session.show(template) {
      OperationText.outcome(done)
        + (template.item.warm ?? []).map { "\(name) \(TemplateText.warmth($0))\n" }.joined()
    }
  }
}
