import ArgumentParser
import CoveyWire

/// `covey info`: everything about one guest.
struct GuestInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show everything about a guest.",
    discussion: """
      Example:
        covey info one --format json
      """)

  @Argument(help: "The guest's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let guest: InfoView<GuestView> = try await session.client.get(
      ObjectPath.of(Routes.guests, name))
    try session.show(guest) { GuestText.info(guest.item, session.style) }
  }
}
