import ArgumentParser
import CoveyWire

/// `covey disk info`: a guest's disk and the layers that it is made of.
struct DiskInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show a guest's disk and the layers that it is made of.",
    discussion: """
      Example:
        covey disk info one
      """)

  @Argument(help: "The guest's name.") var guest: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let disk: InfoView<DiskView> = try await session.client.get(
      ObjectPath.of(Routes.guests, guest, "disk"))
    try session.show(disk) { DiskText.info(disk.item, session.style) }
  }
}
