import CoveyWire
import Foundation

/// The demo's private folder: short, for libvirt puts sockets into it.
struct DemoPlace: Sendable {
  let folder: String

  var socket: String { "\(folder)/coveyd.sock" }
  var log: String { "\(folder)/coveyd.log" }

  static func make() throws -> DemoPlace {
    var template = Array("/tmp/covey-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ErrorView(
        code: "unavailable", message: "no folder can be made in /tmp: \(words(errno))",
        subject: "/tmp", hint: "make room in /tmp and let yourself write there")
    }
    let path = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return DemoPlace(folder: String(decoding: path, as: UTF8.self))
  }

  /// Ends what still runs from the folder and removes it; the daemon's log can outlive it.
  func remove(_ screen: Screen, keepingLog: Bool) async {
    await Leftovers.end(mentioning: folder)
    let kept = "\(folder).log"
    do {
      if keepingLog, FileManager.default.fileExists(atPath: log) {
        try FileManager.default.moveItem(atPath: log, toPath: kept)
        screen.err("the daemon's log is kept: \(kept)\n")
      }
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      screen.err("\(folder) could not be removed: \(error.localizedDescription)\n")
    }
  }

  private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
