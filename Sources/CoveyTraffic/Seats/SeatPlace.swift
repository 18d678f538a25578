import Covey
import Foundation

/// Where the files of one seat of a balancer lie, and who runs by them.
///
/// In the folder are keepalived.conf, keepalived.log, keepalived.pid, vrrp.pid, `listeners`, and a folder for each HAProxy.
struct SeatPlace: Hashable, Sendable {
  let balancer: Name
  let seat: Seat
  let path: String

  /// - Parameter root: absolute path of the folder that holds one folder for each balancer.
  init(root: String, _ balancer: MovingAddress, _ index: Int) {
    self.balancer = balancer.name
    seat = balancer.seats[index]
    path = Self.path(root: root, balancer.name, number: index + 1)
  }

  static func path(root: String, _ balancer: Name, number: Int) -> String {
    "\(root)/\(balancer)/\(number)"
  }

  static func places(of balancer: MovingAddress, root: String) -> [SeatPlace] {
    balancer.seats.indices.map { SeatPlace(root: root, balancer, $0) }
  }

  var subject: String { "balancer \(balancer) seat \(seat.namespace)" }
  var keepalived: KeepalivedFiles { KeepalivedFiles(folder: path, subject: subject) }
  /// The admin sockets that keepalived's check asks, one a line.
  var listeners: String { "\(path)/listeners" }

  /// Makes the folder, for this user only, with an empty list of listeners. Blocks.
  func create() throws {
    guard !FileManager.default.fileExists(atPath: listeners) else { return }
    try StateFile.reporting("make the folder \(path)", subject: subject) {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data().write(to: URL(fileURLWithPath: listeners), options: .atomic)
    }
  }

  /// The admin sockets by which the seat is judged. Blocks.
  func sockets() -> [String] {
    let text = FileManager.default.contents(atPath: listeners) ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Changes by which listeners the seat is judged: keepalived's next check reads it. Blocks; one call at a time.
  func setSockets(_ sockets: [String]) throws {
    guard sockets != self.sockets() else { return }
    try create()
    try StateFile.reporting("write \(listeners)", subject: subject) {
      let text = sockets.map { $0 + "\n" }.joined()
      try Data(text.utf8).write(to: URL(fileURLWithPath: listeners), options: .atomic)
    }
  }
}
