import Covey
import Glibc

/// A temporary folder beside the sealed templates, held by a lock for as long as its builder lives.
///
/// The kernel drops the lock when the process ends, however it ends; that is how folders of dead builders are told from
/// those of running ones.
struct BuildPlace: Sendable {
  let path: String
  private let lock: Int32

  private static let prefix = ".building-"

  /// Makes the folder, and sweeps those that nobody holds.
  init(in shelf: String) throws {
    try Self.sweep(shelf)
    path = try HostFiles.makeTemporaryFolder("\(shelf)/\(Self.prefix)")
    guard let lock = Self.lock(path) else { throw HostFiles.problem("cannot lock", path) }
    self.lock = lock
  }

  /// Must be called once, when the folder is gone.
  func unlock() { close(lock) }

  private static func lock(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func sweep(_ shelf: String) throws {
    for name in try HostFiles.names(in: shelf) where name.hasPrefix(prefix) {
      guard let lock = lock("\(shelf)/\(name)") else { continue }
      defer { close(lock) }
      try HostFiles.remove("\(shelf)/\(name)")
    }
  }
}
