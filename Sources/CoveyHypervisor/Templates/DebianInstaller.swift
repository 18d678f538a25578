import Covey
import Glibc

/// Installs whole Debian systems with mmdebstrap, as archives that are kept for the next build.
///
/// Nothing is installed on the host: mmdebstrap works in namespaces of its own, with root's rights when coveyd has them and
/// with those of a user namespace otherwise. When it dies, all that it started dies with it.
struct DebianInstaller: Sendable {
  /// Only bounds a hang.
  static let longestInstallation = Duration.seconds(1800)

  /// Private to covey; made when it is missing.
  let cache: String

  /// A system is kept under a number that changes with its packages and with these words.
  private static let words = [mergedUsr] + leftOut + aptOptions

  private static let aptOptions = [
    "APT::Install-Recommends \"false\"", "Acquire::Languages \"none\"",
    // The same for every user that builds: apt's own account owns nothing.
    "APT::Sandbox::User \"root\"",
  ]

  /// Where mmdebstrap's package keeps what makes `/usr` merged from the start; the other way would bring Perl along.
  private static let mergedUsr = "/usr/share/mmdebstrap/hooks/maybe-merged-usr"

  /// Documentation and translations have no readers in a guest; licences stay.
  private static let leftOut = [
    "path-exclude=/usr/share/man/*", "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/lintian/*",
    "path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright",
    // Nothing of a half-made system is kept, so nothing needs to reach the disk early.
    "force-unsafe-io",
  ]

  /// An archive of the installed system, with all owners; made unless the cache has it whole.
  ///
  /// - `name`: whose system it is; the cache keeps one for each name.
  /// - `work`: an empty place to work in.
  /// - Throws: `.unavailable` when the packages cannot be found or installed.
  func archive(
    of system: DebianSystem, name: Name, work: String, report: (String) -> Void
  ) async throws -> String {
    let subject = "template \(name)"
    report("finding the packages of Debian \(system.suite)")
    let sources = try await AptSources(suite: system.suite, subject: subject)
    try sources.write(into: work)
    let packages = try await packages(of: system, sources: work, subject: subject)
    let inputs = [system.suite] + Self.words + packages
    let key = FileDigest.of(bytes: Array(inputs.joined(separator: "\n").utf8)).prefix(24)
    let kept = "\(cache)/\(Self.prefix(of: name))\(key).tar"
    if try await isWhole(kept) { return kept }

    report("installing Debian \(system.suite), which takes a minute")
    try HostFiles.makeFolder(cache)
    let place = try BuildPlace(in: cache)
    defer { place.unlock() }
    do {
      let fresh = "\(place.path)/system.tar"
      try await install(system, sources: work, to: fresh, temporary: place.path, subject: subject)
      try await keep(fresh, as: kept, name: name)
    } catch {
      try HostFiles.remove(place.path)
      throw error
    }
    try HostFiles.remove(place.path)
    return kept
  }

  /// All packages that an installation takes, with versions and digests, as the host's package lists have them.
  private func packages(of system: DebianSystem, sources: String, subject: String) async throws
    -> [String]
  {
    let none = "\(sources)/none"
    try HostFiles.makeFolder("\(none)/partial")
    try HostFiles.write([], to: "\(none)/status", mode: 0o644)
    let settings = [
      "Dir::Etc::sourcelist=/dev/null", "Dir::Etc::sourceparts=\(sources)",
      "Dir::Etc::preferences=/dev/null", "Dir::Etc::preferencesparts=/dev/null",
      "Dir::State::status=\(none)/status", "Dir::Cache::archives=\(none)", "Dir::Cache::pkgcache=",
      "Dir::Cache::srcpkgcache=", "APT::Install-Recommends=false", "APT::Sandbox::User=root",
      "Acquire::ForceHash=SHA256", "Debug::NoLocking=true",
    ]
    let output = try await Program.aptGet.run(
      ["-qq", "-y", "--print-uris"] + settings.flatMap { ["-o", $0] }
        + ["install", "?essential", "apt"] + system.packages,
      to: "cannot find the packages of Debian \(system.suite)", subject: subject,
      within: .seconds(120), failure: .unavailable,
      hint: "correct build.root.debian in template.yaml, or refresh the package lists with: "
        + "apt-get update")
    // 'ADDRESS' NAME_VERSION_ARCHITECTURE.deb SIZE SHA256:DIGEST: whichever server it comes from, it is the same package.
    return output.text.split(separator: "\n").map { line in
      line.split(separator: " ").dropFirst().joined(separator: " ")
    }.sorted()
  }

  private func install(
    _ system: DebianSystem, sources: String, to archive: String, temporary: String, subject: String
  ) async throws {
    var arguments = [
      "--mode=unshare", "--variant=apt", "--format=tar", "--hook-dir=\(Self.mergedUsr)",
      "--include=\(system.packages.joined(separator: ","))",
    ]
    arguments += Self.aptOptions.map { "--aptopt=\($0)" } + Self.leftOut.map { "--dpkgopt=\($0)" }
    let options = "\(sources)/\(AptSources.optionsFile)"
    if HostFiles.facts(of: options) != nil { arguments.append("--aptopt=\(options)") }
    arguments += [system.suite, archive]
    for name in [AptSources.linesFile, AptSources.stanzasFile]
    where HostFiles.facts(of: "\(sources)/\(name)") != nil {
      arguments.append("\(sources)/\(name)")
    }
    var environment = ["SOURCE_DATE_EPOCH": "\(Initramfs.epoch)"]
    // The users of a namespace cannot enter covey's private folders; then the system's temporary folder must do.
    if geteuid() == 0 { environment["TMPDIR"] = temporary }
    try await Program.mmdebstrap.run(
      arguments, to: "cannot install Debian \(system.suite)", subject: subject,
      environment: environment, space: temporary, within: Self.longestInstallation,
      grace: .seconds(10),
      failure: .unavailable, hint: Self.hint)
  }

  private static var hint: String {
    geteuid() == 0
      ? "mmdebstrap's words say why; if packages are gone from their server: apt-get update"
      : "users other than root need the package uidmap and a range of numbers: usermod "
        + "--add-subuids 100000-165535 --add-subgids 100000-165535 USER"
  }

  private static func prefix(of name: Name) -> String { "system-\(name)-" }

  private func keep(_ fresh: String, as kept: String, name: Name) async throws {
    let prefix = Self.prefix(of: name)
    for old in try HostFiles.names(in: cache) where Self.isKept(old, prefix) {
      try HostFiles.remove("\(cache)/\(old)")
    }
    let digest = try await FileDigest.of(fresh)
    try HostFiles.write(digest.utf8, to: "\(kept).sha256", mode: 0o600)
    try HostFiles.synchronize(fresh)
    try HostFiles.rename(fresh, to: kept)
  }

  /// Whether a file is an archive of the name, or its digest: other templates' names may begin alike.
  private static func isKept(_ file: String, _ prefix: String) -> Bool {
    file.hasPrefix(prefix)
      && file.dropFirst(prefix.count).prefix { $0 != "." }.allSatisfy(\.isHexDigit)
  }

  private func isWhole(_ path: String) async throws -> Bool {
    guard HostFiles.facts(of: path) != nil, HostFiles.facts(of: "\(path).sha256") != nil else {
      return false
    }
    return try await FileDigest.of(path) == HostFiles.text(of: "\(path).sha256", limit: 100)
  }
}
