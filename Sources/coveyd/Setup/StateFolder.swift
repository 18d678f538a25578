import Covey
import CoveyHypervisor
import Foundation

/// Everything that covey keeps, in one private folder.
struct StateFolder: Sendable {
  let root: String

  var guests: String { "\(root)/guests" }
  var templates: String { "\(root)/templates" }
  var warm: String { "\(root)/warm" }
  var cache: String { "\(root)/cache" }
  var libvirt: String { "\(root)/libvirt" }
  var balancers: String { "\(root)/balancers" }
  /// Short, for the admin sockets below it.
  var seats: String { "\(root)/seats" }
  /// Sockets at which the requests of groups wait that sleep.
  var wake: String { "\(root)/wake" }
  var dns: String { "\(root)/dns" }
  var database: String { "\(root)/covey.sqlite" }
  var socket: String { "\(root)/coveyd.sock" }
  var lock: String { "\(root)/coveyd.lock" }
  /// Beside the database, so that guests are still known as this covey's when the database is lost.
  var installation: String { "\(root)/installation" }

  /// libvirt's monitor socket is the longest path below the folder, with a name of 63 letters cut to 20 by libvirt.
  static let longestBelow =
    "/libvirt/lib/domain-99999-".utf8.count + 20 + "/monitor.sock".utf8.count

  /// - Throws: `Problem` when a Unix socket's path would be longer than the system admits.
  func checkLengths(socket: String) throws {
    let longest = max(root.utf8.count + Self.longestBelow, socket.utf8.count)
    guard longest <= GuestFolder.longestSocketPath else {
      throw Problem(
        .invalid, subject: root,
        "the path of the state folder is too long: sockets below it may have \(GuestFolder.longestSocketPath) bytes",
        hint: "use a shorter --state, such as /var/lib/covey")
    }
  }

  /// Makes the folders, readable by this user alone. May be repeated.
  ///
  /// - `opensToQEMU`: lets another account pass through the folders that hold disks and templates, without listing them.
  /// - Throws: `Problem` when they cannot be made.
  func make(opensToQEMU: Bool = false) throws {
    for folder in [root, guests, templates, warm, cache, "\(libvirt)/etc", balancers] {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      } catch {
        throw Problem(
          .unavailable, subject: folder,
          "folder \(folder) cannot be made: \(error.localizedDescription)",
          hint: "use a --state that this user may write")
      }
    }
    for folder in [root, guests, templates, warm] where opensToQEMU { chmod(folder, 0o711) }
    try writeQEMUSettings()
  }

  /// What the embedded driver needs: without virtlogd, output goes to plain files. A file that is there is kept.
  private func writeQEMUSettings() throws {
    let file = "\(libvirt)/etc/qemu.conf"
    guard !FileManager.default.fileExists(atPath: file) else { return }
    // No groups of processes and no giving away of files, which everyone but root does without anyway: they cost each
    // start about 45 ms (libvirt 9.0, measured), and QEMU is this user's.
    var lines = [
      "stdio_handler = \"file\"", "security_driver = \"none\"", "cgroup_controllers = []",
      "namespaces = []", "dynamic_ownership = 0", "remember_owner = 0",
    ]
    if geteuid() == 0 { lines += ["user = \"root\"", "group = \"root\""] }
    let text = lines.joined(separator: "\n") + "\n"
    guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
      throw Problem(
        .unavailable, subject: file, "\(file) cannot be written",
        hint: "check space and permissions")
    }
  }
}
