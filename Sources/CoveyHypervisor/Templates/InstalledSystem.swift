import Covey

/// An installed Debian system in an archive, on its way into a root tree.
struct InstalledSystem: Sendable {
  let archive: String
  let subject: String

  /// What would tell where and when the system was made, or make two guests the same; folders give all that is in them.
  private static let forgotten = [
    "dev", "etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d/99mmdebstrap",
    "etc/dpkg/dpkg.cfg.d/99mmdebstrap", "etc/hostname", "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
  ]

  /// Unpacks everything, as files of the current user with the modes that they have in the archive.
  ///
  /// File capabilities are lost, as they would be for a user other than root.
  func unpack(into root: RootTree) async throws {
    try await Program.tar.run(
      [
        "--extract", "--file=\(archive)", "--directory=\(root.path)", "--no-same-owner",
        "--same-permissions", "--exclude=./dev/*",
      ], to: "cannot unpack the Debian system", subject: subject, space: root.path)
    for inside in Self.forgotten {
      let place = "\(root.path)/\(inside)"
      guard let facts = HostFiles.facts(of: place) else { continue }
      if HostFiles.kind(facts) == .folder {
        for name in try HostFiles.names(in: place) { try HostFiles.remove("\(place)/\(name)") }
      } else {
        try HostFiles.remove(place)
      }
    }
    try forgetKeys(root)
    try forgetResolver(root)
    // Empty, and not missing: then systemd gives the guest a number without taking the boot for an installation's first.
    try HostFiles.write([], to: "\(root.path)/etc/machine-id", mode: 0o444)
  }

  private func forgetKeys(_ root: RootTree) throws {
    let folder = "\(root.path)/etc/ssh"
    guard HostFiles.facts(of: folder) != nil else { return }
    for name in try HostFiles.names(in: folder) where name.hasPrefix("ssh_host_") {
      try HostFiles.remove("\(folder)/\(name)")
    }
  }

  /// mmdebstrap copies the host's; a link was made by the system itself.
  private func forgetResolver(_ root: RootTree) throws {
    let file = "\(root.path)/etc/resolv.conf"
    guard let facts = HostFiles.facts(of: file), HostFiles.kind(facts) == .file else { return }
    try HostFiles.remove(file)
  }

  /// Who owns what does not belong to root, by paths relative to the root.
  func owners() async throws -> [String: FileOwner] {
    let list = try await Program.tar.run(
      [
        "--list", "--verbose", "--numeric-owner", "--quoting-style=literal", "--file=\(archive)",
      ], to: "cannot read the Debian system", subject: subject)
    var owners: [String: FileOwner] = [:]
    for line in list.text.split(separator: "\n") {
      // MODE OWNER/GROUP SIZE DATE TIME ./PATH[ -> TARGET]
      let words = line.split(separator: " ", maxSplits: 5)
      guard words.count == 6, words[1] != "0/0" else { continue }
      let numbers = words[1].split(separator: "/").compactMap { UInt32($0) }
      guard numbers.count == 2 else { continue }
      var path = words[5].hasPrefix("./") ? words[5].dropFirst(2) : words[5]
      if let arrow = path.firstRange(of: " -> "), line.hasPrefix("l") {
        path = path[..<arrow.lowerBound]
      }
      if let arrow = path.firstRange(of: " link to "), line.hasPrefix("h") {
        path = path[..<arrow.lowerBound]
      }
      if path.hasSuffix("/") { path.removeLast() }
      owners[String(path)] = FileOwner(user: numbers[0], group: numbers[1])
    }
    return owners
  }

  /// The installed packages of an unpacked root, as `NAME VERSION`.
  static func packages(in root: RootTree) throws -> [String] {
    let status = try HostFiles.text(of: "\(root.path)/var/lib/dpkg/status", limit: 64 << 20)
    var found: [String] = []
    var name: Substring?
    for line in status.split(separator: "\n") {
      if line.hasPrefix("Package: ") { name = line.dropFirst(9) }
      if line.hasPrefix("Version: "), let package = name {
        found.append("\(package) \(line.dropFirst(9))")
        name = nil
      }
    }
    return found
  }
}

/// Who a file in an image belongs to; numbers of the guest's own accounts.
struct FileOwner: Sendable, Hashable {
  let user: UInt32
  let group: UInt32

  static let root = FileOwner(user: 0, group: 0)
}
