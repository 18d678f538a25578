import Covey
import Foundation

/// Finds out which process listens on an endpoint, as far as this user may see. Blocks.
enum PortOwner {
  /// - Returns: such as `process 812 (nginx)`; nil when it is another user's or just gone.
  static func describe(_ endpoint: Endpoint, over transport: ListenCheck.Transport = .tcp)
    -> String?
  {
    let table = transport == .tcp ? "/proc/net/tcp" : "/proc/net/udp"
    let sockets = [table, table + "6"].flatMap { file in
      listeners(on: endpoint, in: text(of: file) ?? "", state: transport == .tcp ? "0A" : "07")
    }
    guard !sockets.isEmpty, let processes = try? DetachedProcess.all() else { return nil }
    let wanted = Set(sockets.map { "socket:[\($0)]" })
    for process in processes where holds(process, wanted) {
      let name = FileManager.default.contents(atPath: "/proc/\(process)/comm") ?? Data()
      let words = String(decoding: name, as: UTF8.self).split(separator: "\n").first ?? "?"
      return "process \(process) (\(words))"
    }
    return nil
  }

  /// Inodes of the sockets that listen on the endpoint or on its port at every address.
  ///
  /// - Parameters:
  ///   - table: the text of /proc/net/tcp or tcp6; addresses are hexadecimal with the
  ///     bytes of each word in the host's order, which is the reverse on all that covey runs on.
  ///   - state: 0A is LISTEN; a UDP socket that nobody is connected to has 07.
  static func listeners(on endpoint: Endpoint, in table: String, state: String = "0A") -> [String] {
    let port = hexadecimal(UInt32(truncatingIfNeeded: endpoint.port), digits: 4)
    let own = hexadecimal(endpoint.address.number.byteSwapped, digits: 8)
    let hosts = [own, String(repeating: "0", count: 8), String(repeating: "0", count: 32)]
    let wanted = Set(hosts.map { "\($0):\(port)" })
    return table.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == state, wanted.contains(String(fields[1])) else {
        return nil
      }
      return String(fields[9])
    }
  }

  /// All sockets that listen, as descriptors name them: for TCP, and those of the file system.
  static func listeningSockets() -> Set<String> {
    func rows(_ file: String) -> [[Substring]] {
      (text(of: file) ?? "").split(separator: "\n").map { $0.split(separator: " ") }
    }
    let tcp = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap(rows)
      .filter { $0.count > 9 && $0[3] == "0A" }.map { $0[9] }
    // __SO_ACCEPTCON is the flag of one that takes connections.
    let local = rows("/proc/net/unix").filter { $0.count > 6 && $0[3] == "00010000" }.map { $0[6] }
    return Set((tcp + local).map { "socket:[\($0)]" })
  }

  /// A table of the system's, whole: it comes page by page, and a short page is not the end. Nil where it cannot be read.
  static func text(of file: String) -> String? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var page = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = page.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += page[..<count]
    }
  }

  static func holds(_ process: Int32, _ wanted: Set<String>) -> Bool {
    let folder = "/proc/\(process)/fd"
    // Other users' descriptors are not to be read; their owner stays unknown.
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return descriptors.contains { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
      return target.map(wanted.contains) ?? false
    }
  }

  private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
