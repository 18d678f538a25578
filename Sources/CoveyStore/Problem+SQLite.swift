import Covey
import GRDB

extension Problem {
  /// Runs work on the database file and turns whatever it throws into a `Problem`.
  static func translating<Answer>(_ path: String, _ work: () throws -> Answer) throws -> Answer {
    do {
      return try work()
    } catch let problem as Problem {
      throw problem
    } catch let error as DatabaseError {
      throw Problem(error, at: path)
    } catch {
      throw Problem(.internal, subject: path, "the database \(path) failed: \(error)")
    }
  }

  private init(_ error: DatabaseError, at path: String) {
    let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.extendedResultCode {
    case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMOPEN:
      // SQLite cannot make its shared-memory file either when nothing is left.
      self.init(
        .noSpace, subject: path, "the file system of the database \(path) is full",
        hint: "free space there, then try again; nothing was changed")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(
        .unavailable, subject: path, "the database \(path) is damaged: \(reason)",
        hint: "restore it from a backup, or move it (with its -wal and -shm files) aside and start "
          + "again: guests are then found in libvirt; covey does not delete it")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .inUse, subject: path, "another program holds the database \(path) locked",
        hint: "end it; fuser \(path) says which it is")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
      self.init(
        .unavailable, subject: path, "the database \(path) cannot be opened: \(reason)",
        hint: "let the user of coveyd own the file and its folder")
    case .SQLITE_IOERR:
      self.init(
        .unavailable, subject: path, "the disk failed under the database \(path): \(reason)",
        hint: "look for disk errors with: dmesg")
    default:
      self.init(.internal, subject: path, "the database \(path) failed: \(reason)")
    }
  }
}
