import ArgumentParser
import CoveyWire

/// `covey template list`: all templates.
struct TemplateList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List templates.",
    discussion: """
      Example:
        covey template list
      """)

  @Flag(name: [.short, .customLong("quiet")], help: "Names only, one on a line.")
  var quiet = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<TemplateView> = try await session.client.get(Routes.templates)
    if quiet { return session.screen.out(list.items.map { $0.name + "\n" }.joined()) }
    try session.show(list) { TemplateText.list(list.items, session.style) }
  }
}
