import Covey
import Glibc

/// Whether a program of this user could listen on an endpoint, tried by binding it and letting go.
enum ListenCheck {
  enum Transport: Sendable { case tcp, udp }

  /// Blocks for microseconds; to learn who holds a port, for some milliseconds.
  ///
  /// - Throws: `.inUse` when something listens there, `.invalid` when the address is not one of
  ///   this host's or the port is not this user's to bind.
  static func bind(_ endpoint: Endpoint, over transport: Transport = .tcp, subject: String) throws {
    let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
    let type = Int32(kind.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, type, 0)
    guard descriptor >= 0 else { throw problem(errno, endpoint, subject, over: transport) }
    defer { close(descriptor) }
    // With SO_REUSEADDR connections that linger after their listener do not count, listeners do. UDP has no connections,
    // and would let two in.
    var yes: Int32 = transport == .tcp ? 1 : 0
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: endpoint.port).bigEndian
    address.sin_addr.s_addr = endpoint.address.number.bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0 else { throw problem(errno, endpoint, subject, over: transport) }
  }

  /// What the system's refusal to bind means.
  static func problem(
    _ number: Int32, _ endpoint: Endpoint, _ subject: String, over transport: Transport = .tcp
  ) -> Problem {
    switch number {
    case EADDRINUSE:
      let owner = PortOwner.describe(endpoint, over: transport).map { " by \($0)" } ?? ""
      return Problem(
        .inUse, subject: subject, "\(endpoint) is already in use\(owner)",
        hint: "end the other program or choose another address or port")
    case EADDRNOTAVAIL:
      return Problem(
        .invalid, subject: subject, "\(endpoint.address) is not an address of this host",
        hint: "choose one that \"ip address\" shows, 0.0.0.0 for all, or one of 127.0.0.0/8")
    case EACCES, EPERM:
      return Problem(
        .invalid, subject: subject, "this user may not listen on the low port of \(endpoint)",
        hint: "choose a port of 1024 or above, or set net.ipv4.ip_unprivileged_port_start")
    default:
      return Problem(
        .unavailable, subject: subject,
        "cannot listen on \(endpoint): \(SystemReason.text(number))", hint: "see: ip address")
    }
  }
}
