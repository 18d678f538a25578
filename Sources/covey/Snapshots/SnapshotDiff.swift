import ArgumentParser
import CoveyWire

/// `covey snapshot diff`: how much changed between two states.
struct SnapshotDiff: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say how much of a guest's disk changed since a snapshot.",
    discussion: """
      Counts the blocks that were written since; some of them may hold the same as before.

      Example:
        covey snapshot diff one before-upgrade
        covey snapshot diff one before-upgrade after-upgrade
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Argument(help: "The snapshot's name.") var name: String
  @Argument(help: "Another snapshot; the guest's present state if not given.") var other: String?
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let base = try ObjectPath.of(Routes.guests, guest, "snapshots")
    let query = other.map { ["to": $0] } ?? [:]
    let difference: DifferenceView = try await session.client.get(
      ObjectPath.of(base, name, "diff"), query)
    try session.show(difference) { SnapshotText.difference(difference) }
  }
}
