import ArgumentParser
import CoveyWire

/// `covey group explain`: why a group is the size it is.
struct GroupExplain: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why a group is the size it is.",
    discussion: """
      Shows the newest rounds of the policy with what they saw and the rule that decided; rounds that stay \
      by the same rule are one line with their number and span of time.

      Example:
        covey group explain web --limit 200
      """)

  @Argument(help: "The group's name.") var name: String
  @Option(help: "How many of the newest rounds.") var limit = 100
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.groups, name)
    let group: InfoView<GroupView> = try await session.client.get(path)
    let rounds: ListView<RoundView> = try await session.client.get(
      "\(path)/rounds", ["limit": "\(limit)"])
    try session.show(rounds) { ExplainText.explain(group.item, rounds.items, session.style) }
  }
}
