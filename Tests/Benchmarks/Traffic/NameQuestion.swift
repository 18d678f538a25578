import Foundation

/// One question for the addresses of a name, over UDP.
struct NameQuestion: Sendable {
  let name: String
  let server: Endpoint

  /// Blocks until the answer is there, for a quarter of a second at most.
  ///
  /// - Returns: nil when there was none.
  func ask() -> Set<String>? {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 0, tv_usec: 250_000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = inet_addr(server.address)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let question = Self.question(name)
    guard connected == 0, send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) > 0
    else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Self.addresses(in: Array(buffer[..<count])) : nil
  }

  /// A standard query of type A. Pure.
  static func question(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = [0x63, 0x76, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + label.utf8 }
    return bytes + [0, 0, 1, 0, 1]
  }

  /// The A records of an answer; nil when it is none. Pure.
  static func addresses(in bytes: [UInt8]) -> Set<String>? {
    guard bytes.count >= 12, bytes[2] & 0x80 != 0 else { return nil }
    let answers = Int(bytes[6]) << 8 | Int(bytes[7])
    guard let end = nameEnd(in: bytes, from: 12) else { return nil }
    var (at, found): (Int, Set<String>) = (end + 4, [])
    for _ in 0..<answers {
      guard let end = nameEnd(in: bytes, from: at), end + 10 <= bytes.count else { return nil }
      let length = Int(bytes[end + 8]) << 8 | Int(bytes[end + 9])
      guard end + 10 + length <= bytes.count else { return nil }
      if bytes[end] == 0, bytes[end + 1] == 1, length == 4 {
        found.insert(bytes[(end + 10)..<(end + 14)].map(String.init).joined(separator: "."))
      }
      at = end + 10 + length
    }
    return found
  }

  private static func nameEnd(in bytes: [UInt8], from start: Int) -> Int? {
    var at = start
    while at < bytes.count {
      let length = Int(bytes[at])
      // A pointer to a name elsewhere ends this one.
      if length & 0xC0 == 0xC0 { return at + 2 }
      at += 1 + length
      if length == 0 { return at }
    }
    return nil
  }
}
