import Covey
import Crypto
import Glibc

/// SHA-256 of files.
enum FileDigest {
  /// The digest in hexadecimal, read on a thread of its own.
  ///
  /// - Throws: `Problem`, `.cancelled` included.
  static func of(_ path: String) async throws -> String {
    try await HostFiles.apart { isCancelled in try of(path, unless: isCancelled) }
  }

  private static func of(_ path: String, unless isCancelled: () -> Bool) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", path) }
    defer { close(descriptor) }
    var hash = SHA256()
    while let chunk = try HostFiles.chunk(descriptor, path) {
      hash.update(data: chunk)
      guard !isCancelled() else {
        throw Problem(
          .cancelled, subject: path, "reading \(path) was cancelled",
          hint: "ask again if it is still wanted")
      }
    }
    return hexadecimal(hash.finalize())
  }

  static func of(bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
