import Covey
import Glibc

/// The account that QEMU has of its own under a libvirt that runs it so.
enum QEMUAccount {
  /// Debian's and Fedora's names for it.
  private static let names = ["libvirt-qemu", "qemu"]

  /// Gives a file to that account.
  ///
  /// - `when`: false where QEMU runs as the user of coveyd; then nothing is done.
  static func give(_ path: String, when: Bool) throws(Problem) {
    guard when else { return }
    for name in names {
      guard let account = getpwnam(name)?.pointee else { continue }
      guard chown(path, account.pw_uid, account.pw_gid) == 0 else {
        throw HostFiles.problem("cannot give to QEMU's account \(name) the file", path)
      }
      return
    }
    throw Problem(
      .unavailable, subject: path,
      "there is no account \(names.joined(separator: " or ")) that QEMU could run as",
      hint: "install libvirt's system daemon: apt-get install libvirt-daemon-system")
  }
}
