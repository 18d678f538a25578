import Covey
import Glibc

/// Sockets that are files.
enum LocalSocket {
  /// The longest path of a socket, in bytes.
  static let longestPath = 107

  /// Connects without waiting.
  ///
  /// - Returns: a descriptor that does not block, the caller's to close; nil when nobody listens there, or not yet.
  static func connect(to path: String) throws(Problem) -> Int32? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      // One byte stays for the NUL.
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    guard fits else {
      throw Problem(
        .invalid, subject: path,
        "the path of a socket may have \(longestPath) bytes: \(path)",
        hint: "use a shorter --state, such as /var/lib/covey")
    }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { throw HostFiles.problem("cannot make a socket for", path) }
    let outcome = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if outcome == 0 { return socket }
    let reason = errno
    close(socket)
    // Not made yet, not listening yet, or somebody else's turn.
    if [ENOENT, ECONNREFUSED, EAGAIN, EINTR].contains(reason) { return nil }
    errno = reason
    throw HostFiles.problem("cannot connect to", path)
  }
}
