import ArgumentParser
import CoveyWire

/// `covey group info`: everything about one group, its members included.
struct GroupInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show everything about a group and its members.",
    discussion: """
      Example:
        covey group info web
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let group: InfoView<GroupView> = try await session.client.get(
      ObjectPath.of(Routes.groups, name))
    try session.show(group) { GroupText.info(group.item, session.style) }
  }
}
