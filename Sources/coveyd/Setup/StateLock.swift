import Covey
import Foundation

/// Keeps a second coveyd off the same state folder, for as long as this process lives.
///
/// The lock is the kernel's (`flock(2)`): it ends with the process, however that ends.
final class StateLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `Problem` with `.inUse` and the other daemon's process id.
  init(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Problem(
        .unavailable, subject: path,
        "\(path) cannot be opened: \(String(cString: strerror(errno)))",
        hint: "use a --state that this user may write")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = FileManager.default.contents(atPath: path).map {
        String(decoding: $0, as: UTF8.self)
      }
      let pid = holder?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      close(descriptor)
      throw Problem(
        .inUse, subject: path,
        "another coveyd\(pid.isEmpty ? "" : " (process \(pid))") runs on this state folder",
        hint:
          "use that one, end it with: kill \(pid.isEmpty ? "PID" : pid), or start this one with another --state"
      )
    }
    ftruncate(descriptor, 0)
    let pid = "\(getpid())\n"
    _ = pid.withCString { write(descriptor, $0, strlen($0)) }
  }

  /// Gives the lock back; the process's end does so too.
  ///
  /// A child that begins at this moment has a copy of the descriptor until it becomes its program.
  func release() {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
