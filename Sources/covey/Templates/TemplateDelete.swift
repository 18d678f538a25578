import ArgumentParser
import CoveyWire

/// `covey template delete`: removes a template that nothing stands on, or one version of it.
struct TemplateDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a template that no guest and no group stands on.",
    discussion: """
      All versions go, or the one that --version says. That one is refused while a guest stands on it, or has a snapshot \
      with memory that was taken on it, and while a group launches its members of it or may go back to it. \
      "covey template list" shows every version. Backups of guests that stood on a version cannot be restored without it.

      Example:
        covey template delete tiny-web
        covey template delete tiny-web --version 14e64fb56691
      """)

  @Argument(help: "The template's name.") var name: String
  @Option(help: "The beginning of a version's digest; all versions if not given.")
  var version: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard let version else { return }
    guard !version.isEmpty, version.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw ValidationError("--version takes the beginning of a digest; see: covey template list")
    }
  }

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.templates, name)
    let query = version.map { "?version=\($0.lowercased())" } ?? ""
    let template: InfoView<TemplateView> = try await session.client.delete(path + query)
    try session.show(template) { Self.outcome(template.item, alone: version != nil) }
  }

  static func outcome(_ template: TemplateView, alone: Bool) -> String {
    alone
      ? "version \(template.digest.prefix(12)) of template \(template.name) is deleted\n"
      : "template \(template.name) is deleted\n"
  }
}
