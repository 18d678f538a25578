import ArgumentParser
import CoveyWire

/// `covey group create`: makes a group and waits until its first members serve.
struct GroupCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a group and wait until its first members serve.",
    discussion: """
      Stops waiting when launches fail; the daemon goes on trying until the group is deleted, or until too \
      many have failed in a row.

      Example:
        covey group create web --template tiny-web --min 1 --max 4 --port 80 \\
          --listen 127.0.0.1:8080 --cpu-above 70 --cpu-below 25 --for 5s --cooldown 10s
      """)

  @Argument(help: "The new group's name.") var name: String
  @OptionGroup(title: "Fields") var fields: GroupFields
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if fields.template == nil { throw ValidationError("--template is missing") }
    if fields.listen == nil, fields.traffic.balance != .dns {
      throw ValidationError("--listen ADDRESS:PORT is missing")
    }
  }

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let group: InfoView<GroupView> = try await session.client.post(
      Routes.groups, fields.body(name: name))
    let wait = GroupWait(
      name: name, title: "create of group \(name)", goal: .settled,
      giveUp: "covey group delete \(name)")
    try await session.showSettled(group.item, wait, waiting, by: deadline)
  }
}

extension Session {
  /// Waits until the group is settled and prints how it is; with `--no-wait` as it is now.
  func showSettled(
    _ group: GroupView, _ wait: GroupWait, _ waiting: WaitOptions,
    by deadline: ContinuousClock.Instant
  ) async throws {
    let settled = waiting.noWait ? group : try await wait.run(self, by: deadline) ?? group
    try show(InfoView(settled)) { GroupText.arrival(settled) }
  }
}
