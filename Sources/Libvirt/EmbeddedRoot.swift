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

  /// The root that an address is of; nil when it is none of the embedded driver's.
  public init?(uri: String) {
    guard uri.hasPrefix("qemu:///embed?"),
      let root = URLComponents(string: uri)?.queryItems?.first(where: { $0.name == "root" })?.value
    else { return nil }
    self.init(root)
  }

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

  /// Has the driver take machines as off that never began.
  ///
  /// A process that is killed while it starts a guest can leave a record of a machine without a process. At the next open
  /// libvirt 9.0 waits for that machine's monitor, and holds its domain, for ever. QEMU was not begun by then: its
  /// program is only executed after a later record has its process.
  ///
  /// To be called before the root is opened, by whoever alone uses it. Idempotent; blocks for a moment on the file system.
  ///
  /// - Throws: `.writeFailed` when a record cannot be removed.
  /// - Returns: the names of the domains.
  @discardableResult
  public func forgetUnbegunMachines() throws(LibvirtError) -> [String] {
    let folder = path + "/run/qemu"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var forgotten: [String] = []
    for name in names.sorted() where name.hasSuffix(".xml") {
      let file = "\(folder)/\(name)"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8),
        text.contains(/<domstatus [^>]*pid='0'/)
      else { continue }
      do { try FileManager.default.removeItem(atPath: file) } catch {
        throw failure(.writeFailed, error, in: "EmbeddedRoot.forgetUnbegunMachines")
      }
      forgotten.append(String(name.dropLast(".xml".count)))
    }
    return forgotten
  }

  private func failure(
    _ code: LibvirtError.Code, _ error: any Error, in function: String = "EmbeddedRoot.prepare"
  )
    -> LibvirtError
  {
    LibvirtError(
      code: code, message: "\(path): \(error.localizedDescription)", function: function)
  }
}
