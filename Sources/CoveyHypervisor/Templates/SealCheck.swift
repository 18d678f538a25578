import Covey
import Glibc
import Synchronization

/// Remembers which sealed files were found whole, so that their bytes are read once and not for every guest.
///
/// A file is read again when anything that a change would leave behind differs: its identity, size, or one of its times. The
/// change time cannot be set back by `touch`, only with the host's clock or behind the file system.
final class SealCheck: Sendable {
  /// What a file looked like when its bytes were read.
  private struct Sight: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Moment
    let changed: Moment

    init(_ facts: stat) {
      device = UInt64(facts.st_dev)
      inode = UInt64(facts.st_ino)
      size = Int64(facts.st_size)
      modified = Moment(facts.st_mtim)
      changed = Moment(facts.st_ctim)
    }
  }

  private struct Moment: Hashable {
    let seconds: Int
    let nanoseconds: Int
    init(_ time: timespec) {
      seconds = time.tv_sec
      nanoseconds = time.tv_nsec
    }
  }

  private struct Seen: Hashable {
    let sight: Sight
    let digest: String
  }

  private let seen = Mutex<[String: Seen]>([:])

  /// Reads nothing but the file's facts when they are as they were.
  ///
  /// - Throws: `.altered` when the file is missing or its digest is another.
  ///   `hint` says what to do then.
  func check(_ path: String, digest: String, subject: String, hint: String) async throws {
    guard let facts = HostFiles.facts(of: path), HostFiles.kind(facts) == .file else {
      throw Self.altered(path, subject, "is missing", hint)
    }
    let sight = Sight(facts)
    let known = seen.withLock { $0[path] }
    if known == Seen(sight: sight, digest: digest) { return }
    let found = try await FileDigest.of(path)
    guard found == digest else {
      throw Self.altered(path, subject, "has the digest \(found) instead of \(digest)", hint)
    }
    seen.withLock { $0[path] = Seen(sight: sight, digest: digest) }
  }

  func forget(below folder: String) {
    seen.withLock { seen in
      seen = seen.filter { !$0.key.hasPrefix(folder + "/") }
    }
  }

  private static func altered(
    _ path: String, _ subject: String, _ what: String, _ hint: String
  ) -> Problem {
    Problem(.altered, subject: subject, "the sealed file \(path) \(what)", hint: hint)
  }
}
