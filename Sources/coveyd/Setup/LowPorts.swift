import Foundation

/// Which low TCP ports this user may bind.
enum LowPorts {
  /// 0 for root, else what the kernel says (`net.ipv4.ip_unprivileged_port_start`, 1024 by default).
  static var lowestBindable: Int {
    guard geteuid() != 0 else { return 0 }
    let file = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    let text = FileManager.default.contents(atPath: file).map {
      String(decoding: $0, as: UTF8.self)
    }
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 1024
  }
}
