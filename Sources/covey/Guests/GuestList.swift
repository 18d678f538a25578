import ArgumentParser
import CoveyWire

/// `covey list`: all guests, or those of a group.
struct GuestList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List guests.",
    discussion: """
      Example:
        covey list --group web --format json
      """)

  @Option(help: "Only the guests of this group.") var group: String?
  @Flag(name: [.short, .customLong("quiet")], help: "Names only, one on a line.")
  var quiet = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    var list: ListView<GuestView> = try await session.client.get(Routes.guests)
    if let group {
      _ = try await session.client.get(
        ObjectPath.of(Routes.groups, group), as: InfoView<GroupView>.self)
      list.items.removeAll { $0.group != group }
    }
    if quiet {
      session.screen.out(list.items.map { $0.name + "\n" }.joined())
    } else {
      try session.show(list) { GuestText.list(list.items, session.style) }
    }
  }
}
