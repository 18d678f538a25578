import ArgumentParser
import CoveyWire

/// `covey template delete`: removes a template that nothing stands on.
struct TemplateDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a template that no guest and no group stands on.",
    discussion: """
      Example:
        covey template delete tiny-web
      """)

  @Argument(help: "The template's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.templates, name)
    let template: InfoView<TemplateView> = try await session.client.delete(path)
    try session.show(template) { "template \(name) is deleted\n" }
  }
}
