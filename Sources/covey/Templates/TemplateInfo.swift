import ArgumentParser
import CoveyWire

/// `covey template info`: everything about one template.
struct TemplateInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show everything about a template.",
    discussion: """
      Example:
        covey template info tiny-web
      """)

  @Argument(help: "The template's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let template: InfoView<TemplateView> = try await session.client.get(
      ObjectPath.of(Routes.templates, name))
    try session.show(template) { TemplateText.info(template.item, session.style) }
  }
}
