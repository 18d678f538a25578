import Covey
import CoveyEngine
import Glibc

/// Writes an archive beside its final name, which it gets once it is whole.
struct ArchiveWriter {
  let file: ExportFile
  /// Covey's own folder, in which no archive may be: what lies there may be removed with a guest. Nil where there is none.
  var state: String?
  let subject: String
  let total: ByteCount
  let report: @Sendable (WorkDone) -> Void

  private var path: String { file.path }
  private var partial: String { file.draft }

  static func taken(_ path: String) -> Problem {
    Problem(
      .exists, subject: path, "cannot write \(path): there is such a file",
      hint: "choose another name, or remove it")
  }

  /// Looks whether an archive could lie there; changes nothing.
  ///
  /// - `state`: as above.
  /// - Throws: `.exists` when something is there, `.invalid` for a folder of covey's or a guest's.
  static func check(_ path: String, outside state: String?, subject: String) throws {
    let purpose = "cannot write \(path)"
    guard HostFiles.facts(of: path) == nil else { throw taken(path) }
    let folder = HostFiles.parent(of: path)
    try LayerPlace.check(folder, subject: subject, purpose: purpose)
    try LayerPlace.check(folder, isOutside: state, subject: subject, purpose: purpose)
  }

  /// - `files`: paths by the names that they get, in order.
  /// - Throws: as `check`, `.noSpace`, `CancellationError`; nothing is left then.
  func write(_ description: [UInt8], _ files: [(name: String, path: String)]) async throws {
    try Self.check(path, outside: state, subject: subject)
    try DiskSpace.require(
      total, at: path, for: "cannot write \(path)", subject: subject,
      hint: DiskSpace.chooseAnother)
    do { try await fill(description, files) } catch {
      try HostFiles.remove(partial)
      throw error
    }
  }

  private func fill(_ description: [UInt8], _ files: [(name: String, path: String)]) async throws {
    try HostFiles.remove(partial)
    let output = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw HostFiles.problem("cannot write", partial) }
    defer { close(output) }
    var done = ByteCount(bytes: 0)
    func put(_ bytes: [UInt8]) throws {
      try HostFiles.writeAll(bytes, output, partial)
      done = done + ByteCount(bytes: Int64(bytes.count))
    }
    try put(TarHeader(name: ExportManifest.fileName, size: Int64(description.count)).bytes)
    try put(description)
    try put(Self.zeros(TarHeader(name: "", size: Int64(description.count)).padding))
    for file in files {
      let input = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard input >= 0 else { throw HostFiles.problem("cannot read", file.path) }
      defer { close(input) }
      let header = TarHeader(
        name: file.name, size: Int64(HostFiles.facts(of: file.path)?.st_size ?? 0))
      try put(header.bytes)
      while let chunk = try HostFiles.chunk(input, file.path) {
        try Task.checkCancellation()
        try put(chunk)
        report(WorkDone(done: done, total: max(done, total)))
        await Task.yield()
      }
      try put(Self.zeros(header.padding))
    }
    try put(Self.zeros(2 * TarHeader.block))
    guard fsync(output) == 0 else { throw HostFiles.problem("cannot write", partial) }
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
