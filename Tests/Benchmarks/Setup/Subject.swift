import CoveyWire
import Foundation

/// A template that is measured, and what is to be known of it beside its own description.
struct Subject: Sendable {
  /// The template's folder, absolute.
  let folder: String
  let name: String
  /// The page that keeps a guest busy.
  let workPath: String
  /// The web server as a container's command.
  let containerCommand: [String]
  /// Folders that the guest's service manager would make.
  let containerFolders: [String]
  /// How long a boot may take, on a busy machine.
  let bootPatience = Duration.seconds(240)

  /// The page that carries the name of who answers; both templates have it.
  static let namePath = "/name"

  /// - Parameter word: a name below `templates/`, or a path with a slash.
  init(_ word: String) throws {
    let path = word.contains("/") ? word : "templates/\(word)"
    folder = URL(filePath: path).standardizedFileURL.path
    name = URL(filePath: folder).lastPathComponent
    guard FileManager.default.fileExists(atPath: "\(folder)/template.yaml") else {
      throw Trouble("there is no template.yaml in \(folder); run this in a clone of the repository")
    }
    switch name {
    case "tiny-web":
      workPath = "/cgi-bin/work"
      containerCommand = ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"]
      containerFolders = []
    case "debian-web":
      workPath = "/work"
      // As in templates/debian-web/root/etc/systemd/system/debian-web.service.
      containerCommand = [
        "/usr/bin/python3", "--check-hash-based-pycs", "never", "/srv/debian-web/serve.py",
        "--config", "/srv/debian-web/gunicorn.conf.py",
      ]
      containerFolders = ["/run/debian-web", "/var/lib/debian-web"]
    default:
      throw Trouble("the harness knows the templates tiny-web and debian-web, not \(name)")
    }
  }

  /// A copy of the template's folder that differs in one file: another version of it.
  func variant(in place: Place) async throws -> String {
    let copy = "\(place.folder)/older/\(name)"
    try await Tool.run(["mkdir", "-p", "\(place.folder)/older"])
    try await Tool.run(["cp", "-a", folder, copy])
    try place.write("the older of two versions\n", to: "\(copy)/root/etc/covey-bench")
    return copy
  }
}
