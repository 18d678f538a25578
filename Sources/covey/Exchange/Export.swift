import ArgumentParser
import CoveyWire
import Foundation

/// `covey export`: writes a guest or a template to one file.
struct Export: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a guest or a template to one file.",
    discussion: """
      The file holds the images, their description and their digests; "covey import" on another host checks them, and \
      what it makes is the same to the last bit. A guest that runs is exported as it is at that moment, as after a power \
      cut, and goes on running. Its snapshots stay behind.

      Example:
        covey export tiny-web
        covey export one --to /srv/exports/one.covey
      """)

  @Argument(help: "The guest's or the template's name.") var name: String
  @Option(help: "The new file; NAME.covey if not given.") var to: String?
  @Option(help: "guest or template, where both have the name.") var kind: Kind?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  enum Kind: String, CaseIterable, ExpressibleByArgument, Sendable { case guest, template }

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let base = try await kind(session) == .guest ? Routes.guests : Routes.templates
    let path = HostPath.absolute(to ?? "\(name).covey")
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(base, name, "export"), ExportBody(path: path))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { ExchangeText.exported(done) }
  }

  private func kind(_ session: Session) async throws -> Kind {
    if let kind { return kind }
    let guests: ListView<GuestView> = try await session.client.get(Routes.guests)
    let templates: ListView<TemplateView> = try await session.client.get(Routes.templates)
    let isGuest = guests.items.contains { $0.name == name }
    guard isGuest, templates.items.contains(where: { $0.name == name }) else {
      return isGuest ? .guest : .template
    }
    throw ErrorView(
      code: "invalid", message: "there is a guest \"\(name)\" and a template \"\(name)\"",
      subject: name, hint: "say which: --kind guest or --kind template")
  }
}

/// Paths of files on this host, as a user writes them.
enum HostPath {
  /// The daemon's working folder is another one, and it takes no path with `..` in it: both are resolved here, where the user
  /// means them. The last part stays as it is, also when it is a link.
  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    guard whole.split(separator: "/").dropLast().contains(".."),
      let slash = whole.lastIndex(of: "/"), let folder = realpath(String(whole[..<slash]), nil)
    else { return whole }
    defer { free(folder) }
    return "\(String(cString: folder))/\(whole[whole.index(after: slash)...])"
  }
}
