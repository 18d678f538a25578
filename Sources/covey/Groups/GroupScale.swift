import ArgumentParser
import CoveyWire

/// `covey group scale`: sets the desired size and waits until the group has it.
struct GroupScale: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "scale", abstract: "Set the desired size and wait until the group has it.",
    discussion: """
      The policy goes on from there; hold it with: covey group pause NAME.

      Example:
        covey group scale web 3
      """)

  @Argument(help: "The group's name.") var name: String
  @Argument(help: "The desired size.") var size: Int
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.groups, name)
    if dryRun {
      let group: InfoView<GroupView> = try await session.client.get(path)
      return try session.show(group) { Self.plan(group.item, to: size) }
    }
    let group: InfoView<GroupView> = try await session.client.post(
      "\(path)/scale", ScaleBody(size: size))
    let wait = GroupWait(name: name, title: "scale of group \(name)", goal: .settled)
    try await session.showSettled(group.item, wait, waiting, by: deadline)
  }

  /// What a dry run says.
  static func plan(_ group: GroupView, to size: Int) -> String {
    guard (group.min...Swift.max(group.min, group.max)).contains(size) else {
      return "would be refused: \(size) is not between min \(group.min) and max \(group.max)\n"
    }
    let step = size - group.desired
    if step == 0 { return "would do nothing: desired size is \(size) already\n" }
    let verb = step > 0 ? "launch" : "drain and stop"
    return "would \(verb) \(Units.count(abs(step), "member")) of \(group.name): "
      + "desired \(group.desired) -> \(size)\n"
  }
}
