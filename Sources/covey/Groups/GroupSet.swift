import ArgumentParser
import CoveyWire

/// `covey group set`: changes fields of a group while it serves.
struct GroupSet: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change fields of a group while it serves.",
    discussion: """
      Fields that are not given stay as they are. --template, --cpus, --memory, --disk and \
      --ready-within hold for new members: running ones keep theirs until they are replaced, and \
      covey delete MEMBER replaces one. Everything else acts at once: --port, --listen, the bounds, \
      the thresholds and their times.

      --dry-run shows which fields would change; only the daemon says whether they may.

      Example:
        covey group set web --max 6 --cpu-above 60
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup(title: "Fields") var fields: GroupFields
  @Flag(help: "Only say which fields would change.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if fields.body() == GroupSettingsBody() {
      throw ValidationError("no field is given; see: covey group set --help")
    }
  }

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.groups, name)
    if dryRun {
      let group: InfoView<GroupView> = try await session.client.get(path)
      let plan = GroupChanges.plan(group.item, fields.body())
      return try session.show(plan) { ApplyText.changes(plan) }
    }
    let group: InfoView<GroupView> = try await session.client.patch(path, fields.body())
    try session.show(group) { GroupText.info(group.item, session.style) }
  }
}
