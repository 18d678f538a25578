import Covey
import CoveyEngine
import Glibc

/// Sealed templates as folders of a shelf, each named by its content address.
///
/// ```
/// SHELF/DIGEST/template.json   the description; its SHA-256 is DIGEST
/// SHELF/DIGEST/disk.qcow2      the root file system, on which guests' overlays stand
/// SHELF/DIGEST/vmlinuz
/// SHELF/DIGEST/initrd.gz
/// SHELF/.building-XXXXXX       a build under way; one whose builder died is swept by the next build
/// ```
///
/// A folder appears under its digest complete or not at all, and its files are read-only from then on.
public final class TemplateFolder: TemplateShelf {
  private let shelf: String
  let state: String?
  private let packages: DebianPackages
  private let check = SealCheck()

  /// - `shelf`: absolute path of the folder for sealed templates; made when it is first needed, for this user only.
  /// - `cache`: absolute path of the folder in which downloaded packages are kept; safe to delete at any time.
  /// - `state`: absolute path of covey's own folder, into which nothing is exported; nil where there is none.
  public init(shelf: String, cache: String, state: String? = nil) {
    (self.shelf, self.state) = (shelf, state)
    self.packages = DebianPackages(cache: cache)
  }

  /// What a template's image is called wherever it lies.
  static var diskName: String { SealDescription.fileName(of: .disk) }

  /// Where a sealed template's file lies.
  public func path(of role: SealedFile.Role, in template: Template) -> String {
    path(of: role, inVersion: template.digest)
  }

  /// The same, by the template's digest alone.
  public func path(of role: SealedFile.Role, inVersion digest: String) -> String {
    "\(folder(ofVersion: digest))/\(SealDescription.fileName(of: role))"
  }

  public func build(
    folder: String, at now: Timestamp, report: @escaping @Sendable (String) -> Void
  ) async throws -> Template {
    do {
      report("reading \(folder)/template.yaml")
      let manifest = try TemplateSource(folder: folder)
      return try await inPlace { try await build(manifest, in: $0, at: now, report: report) }
    } catch let problem as Problem {
      throw problem
    } catch is CancellationError {
      throw Problem(
        .cancelled, subject: "template folder \(folder)", "the build was cancelled",
        hint: "start it again with: covey template build \(folder)")
    } catch let refusal as Refusal {
      throw refusal.problem
    } catch {
      throw Problem(.internal, subject: "template folder \(folder)", "the build failed: \(error)")
    }
  }

  func descriptionPath(of template: Template) -> String {
    "\(folder(of: template))/\(SealDescription.fileName)"
  }

  /// Gives a body a folder on the shelf that is gone afterwards, and swept by the next one where covey was killed.
  func inPlace<Value>(_ body: (BuildPlace) async throws -> Value) async throws -> Value {
    try HostFiles.makeFolder(shelf)
    let place = try BuildPlace(in: shelf)
    defer { place.unlock() }
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(place)) } catch { outcome = .failure(error) }
    try HostFiles.remove(place.path)
    return try outcome.get()
  }

  public func verify(_ template: Template) async throws {
    let subject = "template \(template.name)"
    let hint =
      "build the template again with: covey template build; guests that stand on the altered file may have "
      + "read wrong data"
    try await check.check(
      descriptionPath(of: template), digest: template.digest,
      subject: subject, hint: hint)
    for file in template.files {
      try await check.check(
        path(of: file.role, in: template), digest: file.digest, subject: subject, hint: hint)
    }
  }

  public func remove(_ template: Template) async throws {
    let folder = folder(of: template)
    check.forget(below: folder)
    guard HostFiles.facts(of: folder) != nil else { return }
    // Out of sight first, so that a crash cannot leave half a template under its digest.
    let place = try BuildPlace(in: shelf)
    defer { place.unlock() }
    try Self.move(folder, to: "\(place.path)/removed")
    try HostFiles.remove(place.path)
  }

  private func folder(of template: Template) -> String { folder(ofVersion: template.digest) }

  private func folder(ofVersion digest: String) -> String {
    // The digest comes from a record; only hexadecimal digits can make it a name inside the shelf.
    let digits = digest.filter { $0.isASCII && $0.isHexDigit }
    return "\(shelf)/\(digits.isEmpty ? "none" : digits)"
  }

  private func build(
    _ source: TemplateSource, in place: BuildPlace, at now: Timestamp,
    report: @escaping @Sendable (String) -> Void
  ) async throws -> Template {
    let workshop = TemplateWorkshop(
      source: source, packages: packages, place: place.path, report: report)
    let versions = try await workshop.make()
    report("sealing")
    return try await seal(
      SealDescription(source.manifest, files: [], packages: versions), in: place,
      from: workshop.sealed, at: now)
  }

  /// Seals the files that lie in a folder of the place, and puts them on the shelf.
  ///
  /// - `check`: what the template must be. Before the shelf is touched: the same one may be there, with guests that stand on it.
  func seal(
    _ description: SealDescription, in place: BuildPlace, from folder: String, at now: Timestamp,
    check: (Template) throws(Problem) -> Void = { _ in }
  ) async throws -> Template {
    var description = description
    description.files = try await seal(in: folder)
    let template = try description.template(at: now)
    try check(template)
    try Task.checkCancellation()
    try await keep(
      folder, as: template, try description.bytes(), aside: "\(place.path)/altered")
    return template
  }

  private func seal(in folder: String) async throws -> [SealedFile] {
    var files: [SealedFile] = []
    for role in SealedFile.Role.allCases {
      let path = "\(folder)/\(SealDescription.fileName(of: role))"
      // A machine that boots from its disk has no other file.
      if role != .disk, HostFiles.facts(of: path) == nil { continue }
      try HostFiles.setMode(0o444, of: path)
      try HostFiles.synchronize(path)
      let size = Int64(HostFiles.facts(of: path)?.st_size ?? 0)
      let digest = try await FileDigest.of(path)
      files.append(SealedFile(role: role, digest: digest, size: ByteCount(bytes: size)))
    }
    return files
  }

  /// Moves the sealed folder to its digest, unless the same one is there whole.
  private func keep(
    _ sealed: String, as template: Template, _ description: [UInt8], aside: String
  ) async throws {
    let target = folder(of: template)
    if HostFiles.facts(of: target) != nil {
      do {
        return try await verify(template)
      } catch let problem as Problem where problem.code == .altered {
        // Rebuilding is the advice that an altered template comes with, so it must heal.
        try Self.move(target, to: aside)
      }
    }
    try HostFiles.write(description, to: "\(sealed)/\(SealDescription.fileName)", mode: 0o444)
    try HostFiles.synchronize(sealed)
    try HostFiles.rename(sealed, to: target)
    // After the rename: moving a folder needs write permission on it.
    try HostFiles.setMode(0o555, of: target)
    try HostFiles.synchronize(shelf)
  }

  /// Moves a sealed folder: a folder that changes its parent must be writable, for root only by right.
  private static func move(_ sealed: String, to place: String) throws {
    try HostFiles.setMode(0o700, of: sealed)
    try HostFiles.rename(sealed, to: place)
  }
}
