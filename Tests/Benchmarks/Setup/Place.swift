import Foundation

/// The private folder of one measuring, and what lies where in it.
struct Place: Sendable {
  /// Short, since Unix sockets below it may have 107 bytes at most.
  let folder: String

  /// A name of its own for what cannot be in the folder.
  var name: String { URL(filePath: folder).lastPathComponent }
  /// coveyd's state folder.
  var state: String { "\(folder)/s" }
  var socket: String { "\(folder)/covey.sock" }
  /// What libvirtd sees as its own folders; see `Enclosure`.
  var libvirt: String { "\(folder)/libvirt" }
  /// Images and saved memory of the machines that covey does not manage.
  var machines: String { "\(folder)/machines" }
  var podman: String { "\(folder)/podman" }

  static func make() throws -> Place {
    var template = Array("/tmp/cvb-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Trouble("no folder can be made in /tmp: \(String(cString: strerror(errno)))")
    }
    let path = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return Place(folder: String(decoding: path, as: UTF8.self))
  }

  func makeFolders() throws {
    try write("", to: began)
    for path in [state, machines, podman] + Enclosure.libvirtFolders.map({ "\(libvirt)/\($0.0)" }) {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  /// An empty file as old as the run.
  var began: String { "\(folder)/began" }

  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}
