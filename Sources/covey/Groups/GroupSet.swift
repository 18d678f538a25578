import ArgumentParser
import CoveyWire

/// `covey group set`: changes fields of a group while it serves.
struct GroupSet: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change fields of a group while it serves.",
    discussion: """
      Fields that are not given stay as they are.

      Example:
        covey group set web --max 6 --cpu-above 60
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup(title: "Fields") var fields: GroupFields
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if fields.body() == GroupSettingsBody() {
      throw ValidationError("no field is given; see: covey group set --help")
    }
  }

  func act(_ session: Session) async throws {
    let group: InfoView<GroupView> = try await session.client.patch(
      ObjectPath.of(Routes.groups, name), fields.body())
    try session.show(group) { GroupText.info(group.item, session.style) }
  }
}
