import ArgumentParser
import CoveyWire
import Foundation

/// `covey apply`: makes what a YAML document describes.
struct Apply: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make or change what a YAML document describes.",
    discussion: """
      What a document leaves out stays as it is, and is the usual in what is new. To take back hosts, a path or a
      certificate, say so: hosts: [], path: '', certificate: ''.

      Example:
        covey apply -f web.yaml --dry-run
      """)

  @Option(name: [.customShort("f"), .customLong("file")], help: "The document, or - for input.")
  var file: String
  @Flag(help: "Only say what would be done.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let body = ApplyBody(
      file: file == "-" ? "standard input" : file, yaml: try read(), dryRun: dryRun)
    let view: ApplyView = try await session.client.post(Routes.apply, body)
    try session.show(view) { ApplyText.changes(view) }
  }

  private func read() throws -> String {
    if file == "-" {
      return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    }
    do {
      return try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ErrorView(
        code: "invalid", message: "\(file) cannot be read: \(error.localizedDescription)",
        subject: file, hint: "give a YAML file in UTF-8, or - for standard input")
    }
  }
}
