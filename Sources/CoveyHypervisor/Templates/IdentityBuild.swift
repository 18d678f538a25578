import Covey

/// Compiles the program by which a fork hears who it is, and puts it into a root.
enum IdentityBuild {
  /// In the guest, relative to its root.
  static let place = "usr/lib/covey/identity"

  /// - `work`: an empty place to work in.
  /// - Throws: `.unavailable` when the compiler or the static C library is missing.
  static func add(to root: RootTree, work: String) async throws {
    let missing = "install what it takes with: apt-get install \(Program.cc.package)"
    for source in IdentityProgram.sources {
      try HostFiles.write(source.bytes, to: "\(work)/\(source.name)", mode: 0o644)
    }
    // Without a path in its name, so that the same source gives the same bytes wherever it is compiled.
    try await Program.cc.run(
      ["-static", "-Os", "-s", "-o", "identity"] + IdentityProgram.sources.map(\.name),
      to: "cannot compile the identity program", subject: root.subject, in: work,
      within: .seconds(120), failure: .unavailable, hint: missing)
    try root.put("\(work)/identity", at: place, mode: 0o755)
  }
}
