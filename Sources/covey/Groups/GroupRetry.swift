import ArgumentParser
import CoveyWire

/// `covey group retry`: tries at once what is held back.
struct GroupRetry: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try at once what is held back: launches that failed, repair.",
    discussion: """
      A group whose launches keep failing waits longer and longer, and in the end for this command \
      (failed-launch). One whose members mostly went down at once ends none of them for a while \
      (failing); this replaces one as a trial now.

      Example:
        covey group retry web
      """)

  @Argument(help: "The group's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.groups, name, "retry")
    let group: InfoView<GroupView> = try await session.client.post(path)
    try session.show(group) { GroupText.arrival(group.item) }
  }
}
