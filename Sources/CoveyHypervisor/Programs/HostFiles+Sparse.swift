import Covey
import Foundation
import Glibc

/// Files whose length and space differ.
extension HostFiles {
  /// Makes a file of a size whose space is set aside at once: a machine whose memory it is would otherwise die of a full
  /// file system in the middle of an instruction.
  static func reserve(_ size: ByteCount, at path: String, mode: mode_t) throws(Problem) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw problem("cannot write", path) }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, off_t(size.bytes))
    guard code == 0 else {
      errno = code
      throw problem("cannot set space aside for", path)
    }
  }

  /// Gives back the space of everything in a file that is zero. Waits until the rest is on the disk.
  static func digHoles(in path: String, subject: String) async throws {
    try await settle(path)
    try await Program.fallocate.run(
      ["--dig-holes", path], to: "cannot give back space of \(path)", subject: subject)
    try await settle(path)
  }

  /// `synchronize` for files so large that it takes its time.
  static func settle(_ path: String) async throws {
    try await apart { _ in try synchronize(path) }
  }

  /// When a file's bytes were last written; zero when it is not there.
  static func lastWrite(of path: String) -> Duration {
    guard let time = facts(of: path)?.st_mtim else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Space that a file takes on its disk; zero when it is not there.
  static func space(of path: String) -> ByteCount {
    // st_blocks counts 512 bytes each, whatever the file system's own blocks are.
    ByteCount(bytes: Int64(facts(of: path)?.st_blocks ?? 0) * 512)
  }
}
