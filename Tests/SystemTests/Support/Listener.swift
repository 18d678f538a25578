import Foundation

/// A program that holds a port: this one.
final class Listener: Sendable {
  private let descriptor: Int32

  init(_ endpoint: String) throws {
    let parts = endpoint.split(separator: ":").map(String.init)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // Connections of an earlier listener may linger.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = (UInt16(parts.last ?? "") ?? 0).bigEndian
    address.sin_addr.s_addr = inet_addr(parts[0])
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(descriptor, 1) == 0 else {
      throw Unexpected("cannot listen on \(endpoint): \(String(cString: strerror(errno)))")
    }
  }

  func close() { Foundation.close(descriptor) }
}
