import Foundation

/// Which low TCP ports QEMU may bind for its guests.
enum LowPorts {
  /// 0 where QEMU runs as root, else what the kernel says (`net.ipv4.ip_unprivileged_port_start`, 1024 by default).
  static func lowestBindable(whereQEMUIsRoot isRoot: Bool) -> Int {
    guard !isRoot else { return 0 }
    let file = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    let text = FileManager.default.contents(atPath: file).map {
      String(decoding: $0, as: UTF8.self)
    }
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 1024
  }
}
