import ArgumentParser
import CoveyWire

/// `covey disk list`: all guests' disks.
struct DiskList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the guests' disks, where they lie and what they take.",
    discussion: """
      Example:
        covey disk list
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<DiskView> = try await session.client.get(Routes.disks)
    try session.show(list) { DiskText.list(list.items, session.style) }
  }
}
