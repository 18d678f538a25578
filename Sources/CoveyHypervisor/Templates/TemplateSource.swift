import Covey
import Glibc

/// A template's folder as its author wrote it, read and checked as far as that goes without building.
struct TemplateSource: Sendable {
  let folder: String
  let manifest: TemplateManifest
  /// What is copied into the root file system.
  let files: [TemplateFile]

  /// - Throws: `.invalid` for a folder that is missing or wrong, with file, line and key.
  init(folder: String) throws {
    let subject = "template folder \(folder)"
    var facts = stat()
    guard stat(folder, &facts) == 0 else {
      throw Problem(
        .invalid, subject: subject, "there is no folder \(folder)",
        hint: "name a folder with a template.yaml in it")
    }
    guard HostFiles.kind(facts) == .folder else {
      throw Problem(
        .invalid, subject: subject,
        "\(folder) is a \(HostFiles.kind(facts).rawValue), not a folder",
        hint: "name the folder that template.yaml lies in")
    }
    let file = "\(folder)/template.yaml"
    guard stat(file, &facts) == 0 else {
      throw Problem(
        .invalid, subject: subject, "the folder \(folder) has no template.yaml",
        hint: "write one; templates/tiny-web/template.yaml is an example")
    }
    let yaml = try HostFiles.text(of: file, limit: 1 << 20)
    do {
      manifest = try TemplateManifest(file: file, yaml: yaml)
    } catch {
      throw error.problem
    }
    let place = try Self.filesFolder(in: folder, manifest: manifest, file: file, subject: subject)
    files = try TemplateFile.all(in: place, subject: subject)
    self.folder = folder
  }

  private static func filesFolder(
    in folder: String, manifest: TemplateManifest, file: String, subject: String
  ) throws -> String {
    // Each part, because a link on the way could lead anywhere on the host.
    var place = folder
    for part in manifest.recipe.files.split(separator: "/") {
      place += "/\(part)"
      guard let facts = HostFiles.facts(of: place) else {
        throw Problem(
          .invalid, subject: subject, "\(file): the folder \"\(manifest.recipe.files)\" is missing",
          hint: "make \(place), or correct build.root.files")
      }
      guard HostFiles.kind(facts) == .folder else {
        throw Problem(
          .invalid, subject: subject,
          "\(place) is a \(HostFiles.kind(facts).rawValue), not a folder",
          hint: "make it a folder inside the template's")
      }
    }
    return place
  }
}
