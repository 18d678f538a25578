import Covey
import CoveyEngine
import Crypto
import Foundation
import Glibc

/// Reads an archive from elsewhere into a private folder: only the files that it describes, each once, whole, and with the digest
/// that it says.
struct ArchiveReader {
  let path: String
  /// Names that an export may hold beside its description.
  let known: Set<String>
  let report: @Sendable (WorkDone) -> Void

  private var purpose: String { "cannot import \(path)" }

  /// - `folder`: where the files go, mode 0600.
  /// - Throws: `.invalid` with what is wrong; `.altered` when a file is not what the description says.
  func unpack(into folder: String) async throws -> (ExportManifest, description: [UInt8]) {
    let input = try opened()
    defer { close(input) }
    let length = ByteCount(bytes: Int64(HostFiles.facts(of: path)?.st_size ?? 0))
    try DiskSpace.require(length, at: folder, for: purpose, subject: path)
    let (manifest, description) = try readDescription(input)
    var done = ByteCount(bytes: Int64(description.count))
    for file in manifest.files {
      guard let header = try header(input), header.name == file.name, header.size == file.size
      else { throw broken("\"\(file.name)\" is not where its description says") }
      let target = "\(folder)/\(file.name)"
      let found = try await extract(header, from: input, to: target) { count in
        done = done + ByteCount(bytes: Int64(count))
        report(WorkDone(done: done, total: max(done, length)))
      }
      guard found == file.digest else {
        throw Problem(
          .altered, subject: path,
          "\(purpose): \"\(file.name)\" in it has the digest \(found) instead of \(file.digest)",
          hint: "copy it again from where it was exported")
      }
    }
    guard try header(input) == nil else { throw broken("there is more in it than it describes") }
    return (manifest, description)
  }

  /// What it is known by, as its export said: its template's digest, or that of its whole description where a guest is in it.
  func digest() throws -> String {
    let input = try opened()
    defer { close(input) }
    let (manifest, description) = try readDescription(input)
    return manifest.guest == nil ? manifest.template : FileDigest.of(bytes: description)
  }

  private func opened() throws -> Int32 {
    let input = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard input >= 0 else {
      if errno == ELOOP { throw broken("it is a link") }
      throw HostFiles.problem("cannot read", path)
    }
    var facts = stat()
    guard fstat(input, &facts) == 0, HostFiles.kind(facts) == .file else {
      close(input)
      throw broken("it is no plain file")
    }
    return input
  }

  private func readDescription(_ input: Int32) throws -> (ExportManifest, [UInt8]) {
    guard let header = try header(input), header.name == ExportManifest.fileName,
      header.size <= ExportManifest.largest
    else { throw broken("it does not begin with covey's description") }
    let bytes = try read(input, Int(header.size))
    _ = try read(input, header.padding)
    let manifest: ExportManifest
    do {
      manifest = try JSONDecoder().decode(ExportManifest.self, from: Data(bytes))
    } catch {
      throw broken("its description cannot be read: \(error)")
    }
    guard manifest.format == 1 else {
      throw Problem(
        .unsupported, subject: path,
        "\(purpose): it has format \(manifest.format), which this covey does not know",
        hint: "use the covey that wrote it, or a newer one")
    }
    let names = manifest.files.map(\.name)
    guard Set(names).count == names.count, known.isSuperset(of: names) else {
      throw broken("it describes files that no export has")
    }
    return (manifest, bytes)
  }

  private func extract(
    _ header: TarHeader, from input: Int32, to target: String, _ progress: (Int) -> Void
  ) async throws -> String {
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw HostFiles.problem("cannot write", target) }
    defer { close(output) }
    var hash = SHA256()
    var left = header.size
    while left > 0 {
      try Task.checkCancellation()
      let chunk = try read(input, Int(min(left, 1 << 20)))
      hash.update(data: chunk)
      try HostFiles.writeAll(chunk, output, target)
      left -= Int64(chunk.count)
      progress(chunk.count)
      await Task.yield()
    }
    _ = try read(input, header.padding)
    guard fsync(output) == 0 else { throw HostFiles.problem("cannot write", target) }
    return FileDigest.hexadecimal(hash.finalize())
  }

  private func header(_ input: Int32) throws -> TarHeader? {
    let block = try read(input, TarHeader.block)
    do throws(TarHeader.Unreadable) { return try TarHeader(block) } catch {
      throw broken(error.why)
    }
  }

  private func read(_ input: Int32, _ count: Int) throws(Problem) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(input, buffer.baseAddress.map { $0 + done }, count - done)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw broken("it ends in the middle") }
      done += got
    }
    return bytes
  }

  private func broken(_ why: String) -> Problem {
    Problem(
      .invalid, subject: path, "\(purpose): \(why)",
      hint: "name a file that \"covey export\" made; images go by: covey template import")
  }
}
