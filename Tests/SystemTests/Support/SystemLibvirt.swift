import Foundation

/// A libvirtd of the test's own at `qemu:///system`, as Debian configures it, but for logs that go to files.
///
/// It has namespaces of processes and of mounts of its own, in which its folders are a daemon's. `tini` is the first process
/// there: libvirt waits until the machines that it ends are reaped. All of it ends with the program.
enum SystemLibvirt {
  private static let folders = [
    "etc": "/etc/libvirt", "lib": "/var/lib/libvirt", "run": "/run/libvirt",
    "cache": "/var/cache/libvirt", "log": "/var/log/libvirt",
  ]

  /// Words before a program's path, which starts once libvirtd answers.
  ///
  /// - Parameters:
  ///   - root: an absolute path that other users may pass.
  ///   - pools: folders of storage pools that libvirtd has, by name.
  static func words(root: String, pools: [String: String] = [:]) -> [String] {
    let mounts = folders.sorted { $0.key < $1.key }.map { name, place in
      "mkdir -p \(root)/\(name) \(place) && mount --bind \(root)/\(name) \(place)"
    }
    let settings = """
      echo 'stdio_handler = "file"' >\(root)/etc/qemu.conf
      echo 'auth_unix_rw = "none"' >\(root)/etc/libvirtd.conf
      """
    let making = pools.sorted { $0.key < $1.key }.map { name, place in
      "virsh -q -c qemu:///system pool-create-as \(name) dir --target \(place)"
    }.joined(separator: "\n")
    let daemon = """
      libvirtd >\(root)/libvirtd.log 2>&1 &
      for try in $(seq 300); do virsh -q -c qemu:///system uri >/dev/null 2>&1 && break; sleep 0.1; done
      \(making)
      exec "$@"
      """
    let script = (["set -e"] + mounts + [settings, daemon]).joined(separator: "\n")
    return [
      "/usr/bin/unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", "--",
      "tini", "--", "/bin/sh", "-c", script, "sh",
    ]
  }
}
