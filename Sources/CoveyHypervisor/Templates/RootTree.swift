import Covey
import Glibc

/// A folder that becomes a guest's root file system.
///
/// Everything in it is written by covey as the current user, and nothing in it is followed on the host: a link in a
/// template's files means a place in the guest.
struct RootTree: Sendable {
  let path: String
  /// The object that problems are about.
  let subject: String

  /// Folders that every root needs to boot.
  static let skeleton = ["dev", "proc", "sys", "run", "tmp", "root", "var"]

  init(path: String, subject: String) throws {
    self.path = path
    self.subject = subject
    try HostFiles.makeFolder(path)
    try HostFiles.setMode(0o755, of: path)
  }

  func addSkeleton() throws {
    for name in Self.skeleton where HostFiles.facts(of: "\(path)/\(name)") == nil {
      try addFolder(name)
    }
    try HostFiles.setMode(0o1777, of: "\(path)/tmp")
    try HostFiles.setMode(0o700, of: "\(path)/root")
  }

  /// Makes a link to busybox for each of its applets whose place is free.
  func addApplets(of busybox: String) async throws {
    let list = try await Program(name: "\(path)/\(busybox)", package: "busybox-static").run(
      ["--list-full"], to: "cannot list busybox's applets", subject: subject)
    for applet in list.text.split(separator: "\n").map(String.init) {
      let parts = applet.split(separator: "/")
      guard let name = parts.last, !parts.contains(".."), name != "busybox" else { continue }
      let folders = parts.dropLast()
      guard try isInside(folders.joined(separator: "/")),
        HostFiles.facts(of: "\(path)/\(applet)") == nil
      else { continue }
      let up = String(repeating: "../", count: folders.count)
      try HostFiles.link(up + busybox, at: "\(path)/\(applet)")
    }
  }

  /// Copies a template's files over what is there.
  ///
  /// Modes are 0755 for folders and executable files and 0644 for the others: the user's umask makes no difference.
  /// - Throws: `.invalid` where a file and a folder claim one place.
  func add(_ files: [TemplateFile]) throws {
    for file in files {
      try Task.checkCancellation()
      let target = "\(path)/\(file.place)"
      switch file.content {
      case .folder: try addFolder(file.place)
      case .file(let isExecutable):
        try clear(file.place)
        try HostFiles.copy(file.source, to: target, mode: isExecutable ? 0o755 : 0o644)
      case .link(let link):
        try clear(file.place)
        try HostFiles.link(link, at: target)
      }
    }
  }

  /// Copies one file of the host to a place in the root, and makes the folders above it.
  func put(_ file: String, at inside: String, mode: mode_t) throws {
    var folder = ""
    for part in inside.split(separator: "/").dropLast() {
      folder += folder.isEmpty ? String(part) : "/\(part)"
      try addFolder(folder)
    }
    try clear(inside)
    try HostFiles.copy(file, to: "\(path)/\(inside)", mode: mode)
  }

  private func addFolder(_ inside: String) throws {
    let place = "\(path)/\(inside)"
    if let facts = HostFiles.facts(of: place) {
      guard HostFiles.kind(facts) == .folder else {
        throw wrong(inside, "is a folder in the files but not in the packages", "rename it")
      }
      return
    }
    try HostFiles.makeFolder(place)
    try HostFiles.setMode(0o755, of: place)
  }

  /// Makes room for a file: one of a package gives way, a folder does not.
  private func clear(_ inside: String) throws {
    guard let facts = HostFiles.facts(of: "\(path)/\(inside)") else { return }
    guard HostFiles.kind(facts) != .folder else {
      throw wrong(inside, "is a file in the files but a folder in the packages", "rename it")
    }
    try HostFiles.remove("\(path)/\(inside)")
  }

  /// Whether a folder can be made without passing a link.
  private func isInside(_ folder: String) throws -> Bool {
    var place = path
    for part in folder.split(separator: "/") {
      place += "/\(part)"
      if let facts = HostFiles.facts(of: place) {
        guard HostFiles.kind(facts) == .folder else { return false }
      } else {
        try HostFiles.makeFolder(place)
        try HostFiles.setMode(0o755, of: place)
      }
    }
    return true
  }

  private func wrong(_ path: String, _ what: String, _ hint: String) -> Problem {
    Problem(.invalid, subject: subject, "\(path) \(what)", hint: hint)
  }
}
