import Foundation
import Libvirt
import Support

/// What libvirt found out about QEMU, kept between roots and runs: a fresh root looks at it for two seconds.
///
/// libvirt sees by itself when what it kept is of another QEMU, libvirt or kernel, and looks again.
enum KeptCapabilities {
  private static let folder = KeptFiles.capabilities

  /// Gives a root that was not opened yet what was kept, if anything was.
  static func give(to root: EmbeddedRoot) throws {
    let files = FileManager.default
    guard files.fileExists(atPath: folder) else { return }
    try files.createDirectory(
      atPath: "\(root.path)/cache/qemu", withIntermediateDirectories: true)
    try files.copyItem(atPath: folder, toPath: place(in: root))
  }

  /// Keeps what a root has, where nothing is kept yet. As a whole: others may do the same.
  static func keep(of root: EmbeddedRoot) throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: folder), files.fileExists(atPath: place(in: root)) else {
      return
    }
    let draft = "\(folder)-\(getpid())"
    try files.createDirectory(
      atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try files.copyItem(atPath: place(in: root), toPath: draft)
    if rename(draft, folder) != 0 { try files.removeItem(atPath: draft) }
  }

  private static func place(in root: EmbeddedRoot) -> String {
    "\(root.path)/cache/qemu/capabilities"
  }
}
