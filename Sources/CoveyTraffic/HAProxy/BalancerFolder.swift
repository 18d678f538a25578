import Covey
import Foundation

/// Where the files of one listener's HAProxy lie.
struct BalancerFolder: Hashable, Sendable {
  static let longestSocketPath = 103

  /// `127.0.0.1-8080`; before groups shared listeners it was the group's name.
  let name: String
  let path: String

  /// - Parameter root: absolute path of the folder that holds one folder per listener.
  init(root: String, listen: Endpoint) {
    self.init(root: root, name: "\(listen.address)-\(listen.port)")
  }

  private init(root: String, name: String) {
    self.name = name
    path = root + "/" + name
  }

  /// The folders under this root that carry a listener's name, or a group's, which an earlier version left; none when there
  /// is no root. Blocks.
  static func all(in root: String) -> [BalancerFolder] {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: root)) ?? []
    return names.compactMap { text in
      guard isName(text) else { return nil }
      let folder = BalancerFolder(root: root, name: text)
      let type = try? files.attributesOfItem(atPath: folder.path)[.type] as? FileAttributeType
      return type == .typeDirectory ? folder : nil
    }
  }

  private static func isName(_ text: String) -> Bool {
    (try? Name(text)) != nil || endpoint(of: text) != nil
  }

  /// The listener whose folder has this name; nil when it is none's.
  static func endpoint(of text: String) -> Endpoint? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 ? try? Endpoint(parts.joined(separator: ":")) : nil
  }

  /// The file in which a group's certificate and key lie, for this user only.
  static func certificate(of group: Name) -> String { "\(group).pem" }

  func certificate(of group: Name) -> String { path + "/" + Self.certificate(of: group) }
  /// What processes that are gone had counted.
  var counters: String { path + "/counters.json" }
  var configuration: String { path + "/haproxy.cfg" }
  /// A configuration that is not checked yet.
  var candidate: String { path + "/haproxy.cfg.next" }
  var socket: String { path + "/admin.sock" }
  var log: String { path + "/haproxy.log" }
  var subject: String { "balancer \(name)" }

  /// The arguments that identify the listener's process: HAProxy keeps them in its command line.
  var arguments: [String] { ["-D", "-C", path, "-f", configuration] }

  /// Refuses a folder whose admin socket nobody could bind or reach.
  ///
  /// - Throws: `.invalid` when the socket's path has more than 103 bytes (SwiftNIO's bound, that of
  ///   the strictest system; Linux would allow 107) or the folder's path has a control character.
  func checkPath() throws {
    let length = socket.utf8.count
    guard length <= Self.longestSocketPath else {
      throw Problem(
        .invalid, subject: subject,
        "the admin socket's path has \(length) bytes and \(Self.longestSocketPath) are the limit: \(socket)",
        hint: "use a shorter state folder (coveyd --state DIR)")
    }
    guard !path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw Problem(
        .invalid, subject: subject, "the state folder's path has a control character",
        hint: "use another state folder (coveyd --state DIR)")
    }
  }

  /// Makes the folder, for this user only. Blocks.
  ///
  /// - Throws: `.unavailable` with the system's reason.
  func create() throws {
    try StateFile.reporting("make \(path)", subject: subject) {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  /// Writes a file as a whole: a reader sees the old or the new text. Blocks.
  func write(_ text: String, to file: String) throws {
    try StateFile.reporting("write \(file)", subject: subject) {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
  }

  /// Makes the checked candidate the configuration. Blocks.
  func promote() throws {
    guard rename(candidate, configuration) == 0 else {
      throw Problem(
        .unavailable, subject: subject,
        "cannot rename \(candidate): \(SystemReason.text(errno))", hint: "check the state folder")
    }
  }

  /// Removes all but what a process that comes next goes on with: certificates and counters. Blocks.
  func tidy() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try StateFile.reporting("tidy \(path)", subject: subject) {
      for file in try FileManager.default.contentsOfDirectory(atPath: path)
      where !file.hasSuffix(".pem") && path + "/" + file != counters {
        try FileManager.default.removeItem(atPath: path + "/" + file)
      }
    }
  }

  /// Removes the folder and all in it; succeeds when it is gone. Blocks.
  func remove() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try StateFile.reporting("remove \(path)", subject: subject) {
      try FileManager.default.removeItem(atPath: path)
    }
  }
}
