import ArgumentParser
import CoveyWire

/// `covey template cool`: frees what `covey template warm` keeps.
struct TemplateCool: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "cool", abstract: "Free the memory and the disk space that a warm template takes.",
    discussion: """
      Guests that were forked from it run on; new ones are booted.

      Example:
        covey template cool tiny-web
      """)

  @Argument(help: "The template's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.templates, name)
    let template: InfoView<TemplateView> = try await session.client.delete("\(path)/warm")
    let freed = (template.item.warm ?? []).map(\.diskUsed).reduce(0, +)
    try session.show(template) {
      freed == 0
        ? "template \(name) was not warm\n"
        : "template \(name) is cool: \(Units.bytes(freed)) are free again\n"
    }
  }
}
