import Covey

/// Debian packages, fetched with apt as any user and kept in a cache folder while they are the candidates.
///
/// Nothing is installed on the host: apt only downloads, and `dpkg-deb` only unpacks.
struct DebianPackages: Sendable {
  /// Private to covey; made when it is missing.
  let cache: String

  /// A package as apt knows its candidate.
  struct Package: Sendable, Hashable {
    let name: String
    let version: String
    let architecture: String
    /// SHA-256 of its file; empty when apt does not know it.
    let digest: String
    let dependencies: [String]

    /// As apt names the file that it downloads: an epoch's colon is written `%3a`.
    var fileName: String {
      let version = version.split(separator: ":", omittingEmptySubsequences: false)
        .joined(separator: "%3a")
      return "\(name)_\(version)_\(architecture).deb"
    }
  }

  /// The candidates of packages, in their order. Asks apt once, because each asking takes it most of a second.
  ///
  /// - Throws: `.unavailable` when apt does not know one of them.
  func candidates(_ names: [String]) async throws -> [Package] {
    let wanted = names.joined(separator: ", ")
    let output = try await Program.aptCache.run(
      ["show", "--no-all-versions"] + names, to: "cannot find the packages \(wanted)",
      subject: "packages \(wanted)", within: .seconds(60), failure: .unavailable, hint: Self.hint)
    var known: [String: Package] = [:]
    var stanza: [Substring] = []
    let lines: [Substring] = output.text.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines + [""] {
      if line.isEmpty {
        if let package = Self.package(stanza), known[package.name] == nil {
          known[package.name] = package
        }
        stanza = []
      } else {
        stanza.append(line)
      }
    }
    return try names.map { name in
      guard let package = known[name] else {
        throw Problem(
          .unavailable, subject: "package \(name)", "apt has no candidate for the package \(name)",
          hint: Self.hint)
      }
      return package
    }
  }

  /// Follows a meta-package such as `linux-image-cloud-amd64` to the package that holds the kernel.
  func kernel(behind package: Package) async throws -> Package {
    var package = package
    for _ in 0..<4 {
      guard let next = package.dependencies.first(where: { $0.hasPrefix("linux-image-") }) else {
        return package
      }
      guard let found = try await candidates([next]).first else { break }
      package = found
    }
    throw Problem(
      .unavailable, subject: "package \(package.name)",
      "the package \(package.name) leads to no kernel image",
      hint: "name a kernel image in template.yaml, such as linux-image-cloud-amd64")
  }

  /// Reads one answer of `apt-cache show`; nil when it is none.
  private static func package(_ stanza: [Substring]) -> Package? {
    var fields: [Substring: Substring] = [:]
    for line in stanza {
      guard let colon = line.firstIndex(of: ":"), line.first != " " else { continue }
      fields[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    guard let name = fields["Package"], let version = fields["Version"],
      let architecture = fields["Architecture"]
    else { return nil }
    let dependencies = (fields["Depends"] ?? "").split(separator: ",").compactMap { alternatives in
      alternatives.split(whereSeparator: { " |(:".contains($0) }).first.map(String.init)
    }
    return Package(
      name: String(name), version: String(version), architecture: String(architecture),
      digest: String(fields["SHA256"] ?? ""), dependencies: dependencies)
  }

  /// The package's file, downloaded unless the cache has it whole.
  func file(of package: Package, report: (String) -> Void) async throws -> String {
    let kept = "\(cache)/\(package.fileName)"
    if try await isWhole(kept, package) { return kept }
    report("fetching \(package.name) \(package.version)")
    try HostFiles.makeFolder(cache)
    let folder = try HostFiles.makeTemporaryFolder("\(cache)/.fetching-")
    do {
      try await download(package, into: folder)
      let fetched = "\(folder)/\(package.fileName)"
      guard try await isWhole(fetched, package) else {
        throw Problem(
          .unavailable, subject: "package \(package.name)",
          "apt-get did not deliver \(package.fileName) whole", hint: Self.hint)
      }
      try HostFiles.rename(fetched, to: kept)
      try removeOthers(than: package)
    } catch {
      try HostFiles.remove(folder)
      throw error
    }
    try HostFiles.remove(folder)
    return kept
  }

  /// Unpacks a package's files.
  func unpack(_ file: String, into folder: String, subject: String) async throws {
    try await Program.dpkgDeb.run(
      ["-x", file, folder], to: "cannot unpack \(file)", subject: subject, space: folder)
  }

  private static let hint = "refresh the package lists with: apt-get update"

  private func download(_ package: Package, into folder: String) async throws {
    // apt's own sandbox user may not write into a private folder; the download is checked below anyway.
    try await Program.aptGet.run(
      [
        "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2", "download",
        "\(package.name)=\(package.version)",
      ], to: "cannot fetch the package \(package.name)", subject: "package \(package.name)",
      in: folder, space: folder, within: .seconds(900), failure: .unavailable, hint: Self.hint)
  }

  private func isWhole(_ path: String, _ package: Package) async throws -> Bool {
    guard let facts = HostFiles.facts(of: path), HostFiles.kind(facts) == .file else {
      return false
    }
    guard !package.digest.isEmpty else { return true }
    return try await FileDigest.of(path) == package.digest
  }

  /// Older versions of the same package only take space.
  private func removeOthers(than package: Package) throws {
    for name in try HostFiles.names(in: cache)
    where name.hasPrefix("\(package.name)_") && name.hasSuffix(".deb") && name != package.fileName {
      try HostFiles.remove("\(cache)/\(name)")
    }
  }
}
