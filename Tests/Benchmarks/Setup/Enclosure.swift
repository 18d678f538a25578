import Foundation

/// Process, mount and network namespaces of the harness's own.
///
/// All that is started inside ends with it, whatever happens; `/proc` shows nothing else, so that the
/// load of others can be told from its own; and podman's addresses and rules, libvirtd's folders and
/// every listener are out of everyone's way. `tini` is the first process: it reaps QEMU at once, where
/// some first processes take seconds, in which libvirt waits.
enum Enclosure {
  /// What libvirtd finds at its usual places, by folder of `Place.libvirt`.
  static let libvirtFolders = [
    ("etc", "/etc/libvirt"), ("lib", "/var/lib/libvirt"), ("run", "/run/libvirt"),
    ("cache", "/var/cache/libvirt"), ("log", "/var/log/libvirt"),
  ]
  /// What podman keeps for the whole machine.
  private static let emptyFolders = ["/run/netns", "/run/containers", "/dev/shm"]

  /// Words before a program that start it inside.
  static func words(privateNetwork: Bool) -> [String] {
    ["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
      + (privateNetwork ? ["--net"] : []) + ["--", "tini", "--"]
  }

  /// Makes the inside ready: its folders and its loopback device. Once, at the beginning.
  static func furnish(_ place: Place) async throws {
    for (name, path) in libvirtFolders {
      try await Tool.run(["mkdir", "-p", path])
      try await Tool.run(["mount", "--bind", "\(place.libvirt)/\(name)", path])
    }
    for path in emptyFolders {
      try await Tool.run(["mkdir", "-p", path])
      try await Tool.run(["mount", "-t", "tmpfs", "none", path])
    }
    try await Tool.run(["ip", "link", "set", "lo", "up"])
  }

  /// Removes the control groups that podman made; those outlive the processes in them.
  static func removeControlGroups(of place: Place) async throws {
    try await Tool.run([
      "find", "/sys/fs/cgroup", "-depth", "-type", "d", "-path", "*/\(place.name)*", "-exec",
      "rmdir", "{}", ";",
    ])
  }

  /// Asks the first process inside to end, which passes it on to the harness there.
  ///
  /// - Parameter shell: the process that `words` started; it ignores the signal itself.
  static func interrupt(below shell: Int32) {
    let path = "/proc/\(shell)/task/\(shell)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for child in text.split(separator: " ").compactMap({ Int32($0) }) { kill(child, SIGTERM) }
  }
}
