import ArgumentParser
import CoveyWire
import Foundation

/// `covey operations info`: how far an operation is, and what became of it.
struct OperationInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show how far an operation is, or what became of it.",
    discussion: """
      Example:
        covey operations info 01hx7k2m
      """)

  @Argument(help: "The identifier that --no-wait printed.") var id: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let operation: OperationView = try await session.client.get(Self.path(of: id))
    try session.show(InfoView(operation)) { OperationText.info(operation, session.style) }
  }

  static func path(of id: String) -> String {
    let safe = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_"))
    let path = id.addingPercentEncoding(withAllowedCharacters: safe) ?? id
    return "\(Routes.operations)/\(path)"
  }
}
