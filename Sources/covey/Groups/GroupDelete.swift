import ArgumentParser
import CoveyWire

/// `covey group delete`: removes a group with its members and its listener.
struct GroupDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a group with its members and its listener.",
    discussion: """
      Example:
        covey group delete web
      """)

  @Argument(help: "The group's name.") var name: String
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.groups, name)
    if dryRun {
      let group: InfoView<GroupView> = try await session.client.get(path)
      return try session.show(group) { Self.plan(group.item) }
    }
    let group: InfoView<GroupView> = try await session.client.delete(path)
    if waiting.noWait {
      return try session.show(group) { "group \(name) is being deleted\n" }
    }
    let wait = GroupWait(name: name, title: "delete of group \(name)", goal: .gone)
    _ = try await wait.run(session, by: deadline)
    try session.show(group) { "group \(name) is deleted\n" }
  }

  /// What a dry run says.
  static func plan(_ group: GroupView) -> String {
    let names = (group.members ?? []).map(\.name)
    let members = names.isEmpty ? "its members" : names.joined(separator: ", ")
    return "would delete group \(group.name) with \(members), and stop listening on "
      + "\(group.listen)\n"
  }
}
