import CoveyWire
import Foundation

/// What the demo needs to be there before it starts anything.
struct DemoTools: Sendable {
  let coveyd: String
  let wrk: String
  /// The template's folder, absolute.
  let folder: String

  /// - Throws: `unavailable`, `invalid` or `in-use`, naming what is missing or taken.
  static func find(template: String, listen: String) throws -> DemoTools {
    guard let coveyd = Sibling.path(of: "coveyd") else {
      throw missing("coveyd", hint: "build it beside covey with: make build")
    }
    guard let wrk = Sibling.path(of: "wrk") else {
      throw missing("wrk", hint: "install it with: sudo apt-get install wrk")
    }
    let folder = URL(fileURLWithPath: template).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: "\(folder)/template.yaml") else {
      throw ErrorView(
        code: "invalid", message: "there is no template.yaml in \(folder)", subject: template,
        hint: "run the demo in a clone of the repository, or name the folder with --template")
    }
    guard PortProbe.isFree(listen) else {
      throw ErrorView(
        code: "in-use", message: "\(listen) cannot be listened on: another program has the port",
        subject: listen, hint: "choose another one: covey demo --listen 127.0.0.1:18080")
    }
    return DemoTools(coveyd: coveyd, wrk: wrk, folder: folder)
  }

  private static func missing(_ program: String, hint: String) -> ErrorView {
    ErrorView(
      code: "unavailable", message: "\(program) is neither beside covey nor in PATH",
      subject: program, hint: hint)
  }
}

/// Whether a port is free, by listening on it for a moment.
enum PortProbe {
  static func isFree(_ endpoint: String) -> Bool {
    let parts = endpoint.split(separator: ":")
    var address = sockaddr_in()
    guard parts.count == 2, let port = UInt16(parts[1]),
      inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1
    else { return true }
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var yes: Int32 = 1
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(probe, $0, size) }
    }
    // What else may be wrong with the address is the daemon's to say.
    return bound == 0 ? listen(probe, 1) == 0 : errno != EADDRINUSE
  }
}
