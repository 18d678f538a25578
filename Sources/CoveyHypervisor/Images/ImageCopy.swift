import Covey
import Crypto
import Glibc

/// A private copy of an image, made from the descriptor under which it was looked at.
enum ImageCopy {
  /// Copies everything, and leaves zeros out as holes.
  ///
  /// - `mode`: of the copy, once it is whole.
  /// - Returns: the SHA-256 of the source's bytes, in hexadecimal.
  /// - Throws: `Problem`; `.conflict` when the source changes meanwhile, `.cancelled`.
  static func make(
    of source: ImageSource, at path: String, mode: mode_t, rules: ImageRules,
    progress: (ByteCount) -> Void
  ) async throws -> String {
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard target >= 0 else { throw HostFiles.problem("cannot write", path) }
    defer { close(target) }
    var hash = SHA256()
    var done: Int64 = 0
    while let chunk = try HostFiles.chunk(source.descriptor, source.path) {
      // One that grows as fast as it is read would never end.
      guard done + Int64(chunk.count) <= source.size.bytes else { break }
      hash.update(data: chunk)
      if !isZero(chunk) { try write(chunk, target, at: done, path) }
      done += Int64(chunk.count)
      progress(ByteCount(bytes: done))
      guard !Task.isCancelled else { throw rules.cancelled }
      await Task.yield()
    }
    try source.checkUnchanged(read: done)
    guard ftruncate(target, off_t(done)) == 0, fchmod(target, mode) == 0 else {
      throw HostFiles.problem("cannot write", path)
    }
    return FileDigest.hexadecimal(hash.finalize())
  }

  private static func isZero(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, bytes.first == 0 else { return bytes.isEmpty }
      // Each byte equals the one after it, and the first is zero.
      return memcmp(start, start.advanced(by: 1), bytes.count - 1) == 0
    }
  }

  private static func write(_ bytes: [UInt8], _ target: Int32, at offset: Int64, _ path: String)
    throws(Problem)
  {
    var done = 0
    while done < bytes.count {
      let part = bytes.withUnsafeBytes {
        pwrite(
          target, $0.baseAddress?.advanced(by: done), $0.count - done, off_t(offset) + off_t(done))
      }
      if part < 0, errno == EINTR { continue }
      guard part >= 0 else { throw HostFiles.problem("cannot write", path) }
      done += part
    }
  }
}
