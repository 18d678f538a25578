import Foundation

/// A host that lacks something, for one daemon only: a mount namespace of its own.
///
/// Works for root and, where the kernel lets users have namespaces, for everyone.
enum Walls {
  /// Words before a program's path that hide other programs from it.
  static func hiding(_ programs: [String]) -> [String] {
    within(programs.map { "mount --bind /dev/null $(readlink -f \($0))" })
  }

  /// Words before a program's path that put a small file system on a folder.
  static func smallDisk(_ mebibytes: Int, on folder: String) -> [String] {
    within(["mount -t tmpfs -o size=\(mebibytes)m,mode=700 tmpfs \(folder)"])
  }

  private static func within(_ mounts: [String]) -> [String] {
    let user = geteuid() == 0 ? [] : ["--map-root-user"]
    return ["/usr/bin/unshare", "--mount"] + user
      + ["/bin/sh", "-c", (mounts + ["exec \"$@\""]).joined(separator: " && "), "sh"]
  }
}
