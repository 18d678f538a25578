import ArgumentParser
import CoveyWire
import Foundation

/// `covey template build`: makes a template from a folder and seals it.
struct TemplateBuild: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build a template from a folder and seal it.",
    discussion: """
      The folder has a template.yaml and the files that it names; it must be on the daemon's host.

      Example:
        covey template build templates/tiny-web
      """)

  @Argument(help: "The template's folder.", completion: .directory) var folder: String
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let url = URL(fileURLWithPath: folder).standardizedFileURL
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw ErrorView(
        code: "invalid", message: "there is no folder \(url.path)", subject: folder,
        hint: "give the folder that has the template.yaml")
    }
    let operation: OperationView = try await session.client.post(
      Routes.templates, BuildTemplateBody(folder: url.path))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { OperationText.outcome(done) }
  }
}
