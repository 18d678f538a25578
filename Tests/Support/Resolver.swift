import Covey
import Glibc

/// A DNS answer: what the name server said, and for how long.
public struct Resolution: Hashable, Sendable {
  /// 0 is good, 3 says that there is no such name, 5 refuses.
  public let code: Int
  public let addresses: [IPv4Address]
  public let timesToLive: Set<Int>
}

/// Asks a name server one question over UDP.
public enum Resolver {
  struct NoAnswer: Error {}

  public static func ask(_ name: String, at server: Endpoint) throws -> Resolution {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw NoAnswer() }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(server.port).bigEndian
    address.sin_addr.s_addr = server.address.number.bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let question = Self.question(name)
    guard connected == 0, send(descriptor, question, question.count, 0) == question.count else {
      throw NoAnswer()
    }
    var answer = [UInt8](repeating: 0, count: 65536)
    let length = recv(descriptor, &answer, answer.count, 0)
    guard length > 12 else { throw NoAnswer() }
    return read(Array(answer.prefix(length)))
  }

  private static func question(_ name: String) -> [UInt8] {
    let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    return [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0, 0, 1, 0, 1]
  }

  private static func read(_ bytes: [UInt8]) -> Resolution {
    let count = Int(bytes[6]) << 8 | Int(bytes[7])
    var place = 12
    while bytes[place] != 0 { place += Int(bytes[place]) + 1 }
    place += 5
    var (addresses, lives): ([IPv4Address], Set<Int>) = ([], [])
    for _ in 0..<count {
      // A pointer to the name, type, class, life, length.
      lives.insert(bytes[(place + 6)..<(place + 10)].reduce(0) { $0 << 8 | Int($1) })
      addresses.append(
        IPv4Address(number: bytes[(place + 12)..<(place + 16)].reduce(0) { $0 << 8 | UInt32($1) }))
      place += 16
    }
    return Resolution(code: Int(bytes[3] & 15), addresses: addresses, timesToLive: lives)
  }
}
