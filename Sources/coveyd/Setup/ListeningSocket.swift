import Covey
import Foundation

/// The path that coveyd answers on.
struct ListeningSocket {
  let path: String

  /// Makes the path free: removes a socket on which nobody answers any more, and nothing else.
  ///
  /// - Throws: `Problem` with `.invalid` when something else than a socket is there, `.inUse` when somebody answers.
  func claim() throws {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw Problem(
        .invalid, subject: path,
        "\(path) is there and is no socket; coveyd would have to remove it",
        hint: "use another --socket, or move that file away")
    }
    guard !isAnswered else {
      throw Problem(
        .inUse, subject: path, "another program answers on \(path)",
        hint: "end that program, or use another --socket")
    }
    unlink(path)
  }

  private var isAnswered: Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
