import CoveyWire
import Dispatch
import Foundation
import Glibc

/// A connection between standard input and output and a guest's console socket.
struct ConsoleLink: Sendable {
  private let socket: Int32
  private let guest: String

  /// Connects.
  ///
  /// - Throws: `unavailable` when nobody listens there.
  init(path: String, guest: String) throws {
    self.guest = guest
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = path.utf8.count < MemoryLayout.size(ofValue: address.sun_path)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.copyBytes(from: path.utf8.prefix(room.count - 1))
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
    }
    guard fits, status == 0 else {
      let why = fits ? String(cString: strerror(errno)) : "the path is too long for a socket"
      close(socket)
      throw ErrorView(
        code: "unavailable",
        message: "the console of \(guest) cannot be reached at \(path): \(why)",
        subject: guest,
        hint: "run this on the daemon's host as its user; a stopped guest has no console")
    }
  }

  /// Copies both ways until the user leaves, the input ends and the guest falls silent, or the guest goes.
  ///
  /// Blocks a thread of its own; cancellation ends it.
  func run() async throws {
    defer { close(socket) }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(with: Result { try ConsoleTerminal.whileRaw(copy) })
        }
      }
      try Task.checkCancellation()
    } onCancel: {
      shutdown(socket, Int32(SHUT_RDWR))
    }
  }

  private func copy() throws {
    var hasInput = true
    while true {
      var polled = [
        pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&polled, 2, hasInput ? -1 : 2000) == 0 { return }
      if polled[0].revents != 0 {
        guard let bytes = Self.read(socket) else { return }
        Self.write(bytes, to: STDOUT_FILENO)
      }
      if polled[1].revents != 0 {
        guard let bytes = Self.read(STDIN_FILENO) else {
          hasInput = false
          continue
        }
        let keys = ConsoleTerminal.isTerminal ? ConsoleKeys.read(bytes) : (bytes, false)
        Self.write(keys.0, to: socket)
        if keys.1 { return }
      }
    }
  }

  /// What is there; nil at the end.
  private static func read(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0 && errno == EINTR { return [] }
    return count > 0 ? buffer[..<count] : nil
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
