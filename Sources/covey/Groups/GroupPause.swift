import ArgumentParser
import CoveyWire

/// `covey group pause`: stops the policy from changing the size.
struct GroupPause: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop the policy from changing the size.",
    discussion: """
      Members that die are still replaced. One with a disk of its own can be stopped meanwhile: the group \
      leaves it off until it is resumed.

      Example:
        covey group pause web
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.groups, name, "pause")
    let group: InfoView<GroupView> = try await session.client.post(path)
    try session.show(group) { GroupText.arrival(group.item) }
  }
}
