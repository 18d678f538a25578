import Foundation

/// A libvirtd of the test's own at `qemu:///system`, as Debian configures it, but for logs that go to files.
///
/// It has namespaces of processes, of mounts and, where wanted, of networks of its own, in which its folders are a daemon's.
/// `tini` is the first process there: libvirt waits until the machines that it ends are reaped. All of it ends with the program.
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
  ///   - hasNetwork: whether it has a network stack of its own, with nothing but a loopback device.
  static func words(
    root: String, pools: [String: String] = [:], hasNetwork: Bool = false
  ) -> [String] {
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
      libvirtd --pid-file \(root)/libvirtd.pid >\(root)/libvirtd.log 2>&1 &
      until virsh -q -c qemu:///system uri >/dev/null 2>&1; do
        [ -e /proc/$!/exe ] || { cat \(root)/libvirtd.log; exit 1; }
        sleep 0.1
      done
      \(making)
      exec "$@"
      """
    let parts = mounts + [settings, devices(root)] + (hasNetwork ? [network(root)] : []) + [daemon]
    return ["/usr/bin/unshare"] + (hasNetwork ? ["--net"] : []) + [
      "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", "--",
      "tini", "--", "/bin/sh", "-c", (["set -e"] + parts).joined(separator: "\n"), "sh",
    ]
  }

  /// Devices without `/dev/kvm`. Where root may open it and QEMU's account may not, libvirt takes its knowledge of QEMU for
  /// outdated and asks QEMU anew, for seconds at each start (9.0).
  private static func devices(_ root: String) -> String {
    """
    d=\(root)/dev
    mkdir $d && mount -t tmpfs -o mode=755 tmpfs $d && mkdir $d/pts $d/shm
    cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/net $d
    mount -t devpts -o newinstance,ptmxmode=666 devpts $d/pts
    ln -s pts/ptmx $d/ptmx
    ln -s /proc/self/fd $d/fd
    umount -R -l /dev
    mount --move $d /dev
    """
  }

  /// libvirt sets its bridges up by files in `/sys`, which belongs to the network stack that it was mounted in.
  private static func network(_ root: String) -> String {
    """
    mkdir \(root)/groups
    mount --rbind /sys/fs/cgroup \(root)/groups
    mount -t sysfs sysfs /sys
    mount --rbind \(root)/groups /sys/fs/cgroup
    ip link set lo up
    """
  }
}
