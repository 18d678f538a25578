import ArgumentParser
import CoveyWire

/// `covey group resume`: lets the policy act again, and failing launches be tried again.
struct GroupResume: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let the policy act again; also try failing launches again.",
    discussion: """
      Members that were stopped while it was paused are started again, as many as are desired.

      Example:
        covey group resume web
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.groups, name, "resume")
    let group: InfoView<GroupView> = try await session.client.post(path)
    try session.show(group) { GroupText.arrival(group.item) }
  }
}
