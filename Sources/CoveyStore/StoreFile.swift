import Covey
import GRDB
import Glibc

/// The database file on the file system: its modes and its health.
enum StoreFile {
  /// Makes the folder (0700) and an empty file (0600) where they are missing, and takes everybody
  /// else's access to the file away. SQLite gives its side files the file's mode.
  static func prepare(_ path: String) throws {
    try makeFolder(parent(of: path))
    // An existing file is never opened here: closing it would release the locks that another
    // connection of this process holds on it (POSIX record locks).
    let made = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if made >= 0 {
      Glibc.close(made)
    } else if errno != EEXIST {
      throw refused(path, "cannot be made", errno)
    }
    guard chmod(path, 0o600) == 0 else { throw refused(path, "cannot be made private", errno) }
  }

  /// Looks at every page, so that damage is met at start and not in the middle of an operation.
  static func checkIntegrity(_ database: Database) throws {
    let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard finding == "ok" else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding)
    }
  }

  private static func makeFolder(_ path: String) throws {
    if path.isEmpty || mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT else { throw refused(path, "cannot be made", errno) }
    try makeFolder(parent(of: path))
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw refused(path, "cannot be made", errno) }
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private static func refused(_ path: String, _ what: String, _ number: Int32) -> Problem {
    let reason = String(cString: strerror(number))
    if number == ENOSPC || number == EDQUOT {
      return Problem(
        .noSpace, subject: path, "\(path) \(what): \(reason)", hint: "free space on its file system"
      )
    }
    return Problem(
      .unavailable, subject: path, "\(path) \(what): \(reason)",
      hint: "let the user of coveyd own the folder that holds it, or name another with --state")
  }
}
