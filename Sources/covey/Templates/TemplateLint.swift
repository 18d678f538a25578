import ArgumentParser
import CoveyWire

/// `covey template lint`: what the guests of a template would share.
struct TemplateLint: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Say what a template's forks and guests would share.",
    discussion: """
      Each finding is a line: how severe it is, what it is, why it matters and what to do. Errors keep the template \
      from having forks, or share a secret; warnings are shared by guests that boot from the image; notes are what no \
      covey can change.

      Ends with 0 when there is no error, else with 1.

      Example:
        covey template lint tiny-web
      """)

  @Argument(help: "The template's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let lint: LintView = try await session.client.get(
      ObjectPath.of(Routes.templates, name, "lint"))
    try session.show(lint) { LintText.lines(lint, session.style) }
    let errors = lint.findings.filter { $0.severity == "error" }.count
    guard errors == 0 else {
      throw ErrorView(
        code: "conflict", message: "template \"\(name)\" has \(Units.count(errors, "error"))",
        subject: "template \(name)", hint: "each line says what to do")
    }
  }
}
