import ArgumentParser
import CoveyWire

/// `covey operations list`: what is under way, and what lately was.
struct OperationList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what is under way and what lately ended, newest first.",
    discussion: """
      Example:
        covey operations list
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<OperationView> = try await session.client.get(Routes.operations)
    try session.show(list) { OperationText.list(list.items, session.style) }
  }
}
