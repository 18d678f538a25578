import ArgumentParser
import CoveyWire

/// `covey group list`: all groups.
struct GroupList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List groups.",
    discussion: """
      Example:
        covey group list --format yaml
      """)

  @Flag(name: [.short, .customLong("quiet")], help: "Names only, one on a line.")
  var quiet = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<GroupView> = try await session.client.get(Routes.groups)
    if quiet { return session.screen.out(list.items.map { $0.name + "\n" }.joined()) }
    try session.show(list) { GroupText.list(list.items, session.style) }
  }
}
