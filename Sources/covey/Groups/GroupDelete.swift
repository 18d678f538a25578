import ArgumentParser
import CoveyWire

/// `covey group delete`: removes a group with its members and its listener.
struct GroupDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a group with its members and its listener.",
    discussion: """
      The members are drained and shut down first, and all their disks are removed. --dry-run names the \
      persistent ones.

      Example:
        covey group delete web
      """)

  @Argument(help: "The group's name.") var name: String
  @Flag(help: "Only say what would be done, and which persistent disks would go.")
  var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.groups, name)
    if dryRun {
      let group: InfoView<GroupView> = try await session.client.get(path)
      let guests: ListView<GuestView> = try await session.client.get(Routes.guests)
      return try session.show(group) { Self.plan(group.item, guests.items) }
    }
    let group: InfoView<GroupView> = try await session.client.delete(path)
    if waiting.noWait {
      return try session.show(group) { "group \(name) is being deleted\n" }
    }
    let wait = GroupWait(name: name, title: "delete of group \(name)", goal: .gone)
    _ = try await wait.run(session, by: deadline)
    try session.show(group) { "group \(name) is deleted\n" }
  }

  /// What a dry run says; each member has the disk it was made with, whatever the group says now.
  static func plan(_ group: GroupView, _ guests: [GuestView]) -> String {
    let members = guests.filter { $0.group == group.name }
    let names = members.isEmpty ? "no members" : members.map(\.name).joined(separator: ", ")
    let kept = members.filter { $0.disk == DiskChoice.persistent.rawValue }.map(\.name)
    let disks = kept.isEmpty ? "" : "persistent disks that go: \(kept.joined(separator: ", "))\n"
    return "would delete group \(group.name) with \(names), and stop listening on "
      + "\(group.listen)\n\(disks)"
  }
}
