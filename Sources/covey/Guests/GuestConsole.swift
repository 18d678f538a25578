import ArgumentParser
import CoveyWire

/// `covey console`: a guest's serial console.
struct GuestConsole: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "console", abstract: "Connect to a guest's console; Ctrl-] leaves.",
    discussion: """
      Without a terminal, standard input goes to the guest and what it writes to standard output.

      Example:
        covey console one
      """)

  @Argument(help: "The guest's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let info: InfoView<GuestView> = try await session.client.get(
      ObjectPath.of(Routes.guests, name))
    guard let path = info.item.console else {
      throw ErrorView(
        code: "conflict", message: "guest \(name) has no console now; it is \(info.item.state)",
        subject: name, hint: "start it first: covey start \(name)")
    }
    let link = try ConsoleLink(path: path, guest: name)
    if ConsoleTerminal.isTerminal {
      session.screen.err("connected to \(name); Ctrl-] leaves\n")
    }
    try await link.run()
    if ConsoleTerminal.isTerminal { session.screen.err("\nleft the console of \(name)\n") }
  }
}
