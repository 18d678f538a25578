import Covey
import CoveyEngine
import Glibc

extension TemplateFolder {
  /// Names of the files that an export may hold.
  private static let known = Set(
    [SealDescription.fileName, ExportManifest.guestDisk, ExportManifest.firmwareState]
      + SealedFile.Role.allCases.map(SealDescription.fileName))

  public func export(
    _ template: Template, with guest: Guest?, disk: String?, to file: ExportFile,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> OperationResult {
    try await verify(template)
    var files = [(SealDescription.fileName, descriptionPath(of: template))]
    files += template.files.map {
      (SealDescription.fileName(of: $0.role), self.path(of: $0.role, in: template))
    }
    if let disk {
      files.append((ExportManifest.guestDisk, disk))
      let state = FirmwareState(besides: disk)
      if state.isThere { files.append((ExportManifest.firmwareState, state.path)) }
    }
    var entries: [ExportManifest.File] = []
    for (name, path) in files {
      entries.append(
        ExportManifest.File(
          name: name, size: Int64(HostFiles.facts(of: path)?.st_size ?? 0),
          digest: try await FileDigest.of(path)))
    }
    let manifest = ExportManifest(
      template: template.digest, guest: guest.map(ExportedGuest.init), files: entries)
    let description = try manifest.bytes()
    let total = entries.reduce(Int64(description.count)) { $0 + $1.size }
    try await ArchiveWriter(
      file: file, state: state,
      subject: guest.map { "guest \($0.name)" } ?? "template \(template.name)",
      total: ByteCount(bytes: total), report: progress
    ).write(description, files.map { (name: $0.0, path: $0.1) })
    return OperationResult(
      path: file.path, digest: guest == nil ? template.digest : FileDigest.of(bytes: description))
  }

  public func checkExport(to path: String, subject: String) async throws {
    try ArchiveWriter.check(path, outside: state, subject: subject)
  }

  public func publish(_ file: ExportFile, digest: String?) async throws {
    let (draft, path) = (file.draft, file.path)
    if let written = HostFiles.facts(of: draft) {
      // A link is refused where something is; a rename would replace it.
      if link(draft, path) != 0 {
        guard errno == EEXIST else { throw HostFiles.problem("cannot write", path) }
        let found = HostFiles.facts(of: path)
        guard let found, HostFiles.isSame(found, written) else { throw ArchiveWriter.taken(path) }
      }
      try HostFiles.remove(draft)
    } else {
      guard HostFiles.facts(of: path) != nil else {
        throw HostFiles.problem("cannot find what was written beside", path)
      }
      let reader = ArchiveReader(path: path, known: Self.known) { _ in }
      let found = try? reader.digest()  // no archive of covey's is another file
      guard let found, found == digest else { throw ArchiveWriter.taken(path) }
    }
    try HostFiles.synchronize(HostFiles.parent(of: path))
  }

  public func dropDraft(of file: ExportFile) async throws {
    try HostFiles.remove(file.draft)
  }

  public func importArchive(
    _ path: String, at now: Timestamp, progress: @escaping @Sendable (WorkDone) -> Void,
    guest adopt: @escaping @Sendable (ImportedGuest) async throws -> Void
  ) async throws -> ImportedArchive {
    try await inPlace { place in
      let sealed = try sealedFolder(in: place)
      let reader = ArchiveReader(path: path, known: Self.known, report: progress)
      let (manifest, bytes) = try await reader.unpack(into: sealed)
      let disk = "\(sealed)/\(ExportManifest.guestDisk)"
      let guestDisk = "\(place.path)/\(ExportManifest.guestDisk)"
      if manifest.guest != nil { try HostFiles.rename(disk, to: guestDisk) }
      let state = FirmwareState("\(sealed)/\(ExportManifest.firmwareState)")
      if state.isThere {
        try HostFiles.rename(state.path, to: FirmwareState(besides: guestDisk).path)
      }
      let template = try await sealImported(manifest, in: place, from: sealed, at: now, path)
      guard let exported = manifest.guest else { return ImportedArchive(template: template) }
      try await ArchivedImage(path: path, below: Self.diskName).judge(at: guestDisk, in: place)
      try await adopt(ImportedGuest(exported, template: template, disk: guestDisk))
      return ImportedArchive(template: template, digest: FileDigest.of(bytes: bytes))
    }
  }

  /// What is sealed must have the digest that the file says: then it is, to the last bit, what was exported.
  private func sealImported(
    _ manifest: ExportManifest, in place: BuildPlace, from sealed: String, at now: Timestamp,
    _ path: String
  ) async throws -> Template {
    let file = "\(sealed)/\(SealDescription.fileName)"
    let text = try HostFiles.text(of: file, limit: ExportManifest.largest)
    guard FileDigest.of(bytes: Array(text.utf8)) == manifest.template else {
      throw Self.altered(path, "its template.json is not the one that it was made with")
    }
    try HostFiles.remove(file)
    let description = try SealDescription(reading: text, from: path)
    try await ArchivedImage(path: path, below: nil)
      .judge(at: "\(sealed)/\(SealDescription.fileName(of: .disk))", in: place)
    return try await seal(description, in: place, from: sealed, at: now) {
      template throws(Problem) in
      guard template.digest == manifest.template else {
        throw Self.altered(path, "its files are not those that its template.json describes")
      }
    }
  }

  private static func altered(_ path: String, _ why: String) -> Problem {
    Problem(
      .altered, subject: path, "cannot import \(path): \(why)",
      hint: "copy it again from where it was exported")
  }
}

extension ExportedGuest {
  init(_ guest: Guest) {
    self.init(
      name: guest.name, machine: guest.machine, ports: guest.ports.map(\.guest),
      health: guest.health)
  }
}

extension ImportedGuest {
  init(_ guest: ExportedGuest, template: Template, disk: String) {
    self.init(name: guest.name, template: template, machine: guest.machine, disk: disk)
  }
}
