import Foundation
import Glibc
import Synchronization

/// A guest's identity port as QEMU offers it: a unix socket that serves one client after the other, each as it is told.
final class StandInPort: Sendable {
  enum Manner: Sendable {
    /// Says this in pieces of so many bytes, once a whole request has come; `TAG` stands for the request's tag.
    case answers(String, pieces: Int = 4096)
    case silent
    case closesAtOnce
    case closesAfterRequest
  }

  private let listener: Int32
  private let requests = Mutex<[String]>([])

  /// What clients asked, in order.
  var heard: [String] { requests.withLock { $0 } }

  init?(path: String, _ manners: [Manner]) {
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
    }
    guard bound == 0, listen(listener, 1) == 0 else { return nil }
    Thread { [self] in for manner in manners { serve(manner) } }.start()
  }

  deinit { close(listener) }

  private func serve(_ manner: Manner) {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return }
    defer { close(client) }
    if case .closesAtOnce = manner { return }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.hasSuffix("\n\n") {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    requests.withLock { $0.append(text) }
    switch manner {
    case .answers(let words, let pieces):
      let tag = text.prefix { $0 != "\n" }.dropFirst("tag ".count)
      var rest = Array(words.replacing("TAG", with: String(tag)).utf8)[...]
      while !rest.isEmpty {
        let piece = Array(rest.prefix(pieces))
        guard send(client, piece, piece.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        rest = rest.dropFirst(pieces)
      }
      // QEMU leaves the connection open.
      _ = recv(client, &buffer, buffer.count, 0)
    case .silent: _ = recv(client, &buffer, buffer.count, 0)
    case .closesAtOnce, .closesAfterRequest: break
    }
  }
}
