import Covey
import Glibc

/// What a DHCP client says that gives its address back (DHCPRELEASE, RFC 2131), said in a guest's place.
struct LeaseRelease {
  let address: IPv4Address
  /// Six pairs of hexadecimal digits with colons.
  let mac: String
  let server: IPv4Address

  /// The message: a BOOTP header of 236 bytes, the magic cookie, and the options type and server.
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 300)
    // Op, kind of hardware, length of its addresses.
    bytes.replaceSubrange(0..<3, with: [1, 1, 6])
    bytes.replaceSubrange(4..<8, with: octets(of: UInt32.random(in: 0 ... .max)))
    bytes.replaceSubrange(12..<16, with: octets(of: address.number))
    let card = mac.split(separator: ":").compactMap { UInt8($0, radix: 16) }
    bytes.replaceSubrange(28..<34, with: (card + [UInt8](repeating: 0, count: 6)).prefix(6))
    let options: [UInt8] = [99, 130, 83, 99, 53, 1, 7, 54, 4] + octets(of: server.number) + [255]
    bytes.replaceSubrange(236..<(236 + options.count), with: options)
    return bytes
  }

  /// Sends it as if it had come in by the bridge; a server on another host, or a user without rights, does not get it, and the
  /// lease then runs out by itself.
  func send(on bridge: String) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard
      setsockopt(
        descriptor, SOL_SOCKET, SO_BINDTODEVICE, bridge, socklen_t(bridge.utf8.count + 1)) == 0
    else { return }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(67).bigEndian
    place.sin_addr.s_addr = server.number.bigEndian
    withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        _ = sendto(
          descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), place,
          socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func octets(of number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
