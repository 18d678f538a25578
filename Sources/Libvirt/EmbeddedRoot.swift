import Foundation

/// The folder of libvirt's embedded driver, which runs QEMU from this process, without a daemon.
///
/// One process at a time may use a root, and a process may have one connection to it. Guests
/// survive the process and are found again at the next open. The folder's path should be short:
/// sockets below it are limited to 107 bytes. A process of root's needs the account
/// `libvirt-qemu` to exist, even though it is not used: libvirt looks it up before it reads the
/// configuration (measured with 9.0, Debian 12).
public struct EmbeddedRoot: Sendable, Hashable {
  /// Absolute path of the folder.
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The address to open.
  public var uri: String {
    let allowed = CharacterSet.urlQueryAllowed.subtracting(CharacterSet(charactersIn: "&+=?#%"))
    return "qemu:///embed?root="
      + (path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)
  }

  /// Makes the folder and the configuration that the driver cannot do without, if missing.
  ///
  /// Output goes to plain files instead of a log daemon, no security driver is used, and a
  /// root user's guests run as root, because nobody else could enter the folder. An existing
  /// configuration is left alone. Idempotent; blocks for a moment on the file system.
  ///
  /// - Throws: `.openFailed` for the folder, `.writeFailed` for the file.
  public func prepare() throws(LibvirtError) {
    let folder = path + "/etc"
    let file = folder + "/qemu.conf"
    guard !FileManager.default.fileExists(atPath: file) else { return }
    let user = geteuid() == 0 ? "user = \"root\"\ngroup = \"root\"\n" : ""
    let text = "stdio_handler = \"file\"\nsecurity_driver = \"none\"\n" + user
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw failure(.openFailed, error)
    }
    do {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    } catch {
      throw failure(.writeFailed, error)
    }
  }

  private func failure(_ code: LibvirtError.Code, _ error: any Error) -> LibvirtError {
    LibvirtError(
      code: code, message: "\(path): \(error.localizedDescription)",
      function: "EmbeddedRoot.prepare")
  }
}
