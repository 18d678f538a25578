import Foundation

/// A plain libvirtd inside the enclosure, for what people do without covey.
final class Libvirtd: Sendable {
  private let child: Child

  static func start(_ place: Place) async throws -> Libvirtd {
    // As covey has it: no virtlogd, no confinement, QEMU as the user who started it.
    try place.write(
      """
      stdio_handler = "file"
      security_driver = "none"
      user = "root"
      group = "root"
      remember_owner = 0

      """, to: "\(place.libvirt)/etc/qemu.conf")
    try place.write(
      "auth_unix_rw = \"none\"\nunix_sock_group = \"root\"\n",
      to: "\(place.libvirt)/etc/libvirtd.conf")
    let daemon = try Libvirtd(place)
    try await Deadline.wait(for: "libvirtd to answer", within: .seconds(60)) {
      guard daemon.child.isRunning else { throw Trouble("libvirtd: \(daemon.child.lastWords)") }
      // Not yet listening; the deadline bounds it.
      return (try? await virsh(["uri"])) != nil
    }
    return daemon
  }

  private init(_ place: Place) throws {
    // The usual place is not in the enclosure, and the host may have a libvirtd of its own.
    child = try Child(
      ["libvirtd", "--pid-file", "\(place.libvirt)/libvirtd.pid"],
      log: "\(place.folder)/libvirtd.log")
  }

  func stop() async { await child.end() }

  @discardableResult static func virsh(_ words: [String]) async throws -> String {
    try await Tool.run(["virsh", "-q", "-c", "qemu:///system"] + words)
  }
}
