import Covey

/// The little file system that a guest's kernel starts with: it loads modules and hands over to the root disk.
enum Initramfs {
  /// Every time in it, so that the same inputs give the same bytes.
  static let epoch = 1_700_000_000

  /// The first process of a guest.
  ///
  /// `covey.probe` is how covey learns whether an accelerator really runs a kernel; it needs no disk.
  static let script = """
    #!/bin/busybox sh
    # Made by covey: loads what the root disk needs, then hands over.
    box=/bin/busybox
    $box mount -t proc proc /proc
    read -r line </proc/cmdline
    case " $line " in
      *" covey.probe "*)
        echo covey-probe-ok
        $box poweroff -f
        ;;
    esac
    $box mount -t sysfs sys /sys
    $box mount -t devtmpfs dev /dev
    while read -r module; do
      $box insmod "/modules/$module" || echo "covey: cannot load $module"
    done </modules/order
    tries=0
    until [ -b /dev/vda ] || [ $tries -ge 100 ]; do
      tries=$((tries + 1))
      $box usleep 50000
    done
    if $box mount -t ext4 -o rw /dev/vda /new; then
      for folder in dev proc sys; do $box mount --move /$folder /new/$folder; done
      exec $box switch_root /new /sbin/init
    fi
    echo "covey: cannot mount the root disk /dev/vda"
    exec $box sh

    """

  /// Makes the archive.
  ///
  /// - `kernel`: a kernel package, unpacked.
  /// - `busybox`: a static busybox.
  /// - `work`: an empty place to work in.
  static func make(
    modules: [String], kernel: UnpackedKernel, busybox: String, work: String, to archive: String,
    subject: String
  ) async throws {
    for folder in ["bin", "modules", "proc", "sys", "dev", "new"] {
      try HostFiles.makeFolder("\(work)/\(folder)")
      try HostFiles.setMode(0o755, of: "\(work)/\(folder)")
    }
    try HostFiles.setMode(0o755, of: work)
    try HostFiles.copy(busybox, to: "\(work)/bin/busybox", mode: 0o755)
    try HostFiles.write(script.utf8, to: "\(work)/init", mode: 0o755)
    var order: [String] = []
    for module in try await kernel.loadOrder(of: modules, subject: subject) {
      let name = String(module.split(separator: "/").last ?? "")
      try HostFiles.copy(module, to: "\(work)/modules/\(name)", mode: 0o644)
      order.append(name)
    }
    try HostFiles.write(
      order.map { $0 + "\n" }.joined().utf8, to: "\(work)/modules/order", mode: 0o644)
    try await pack(work, to: archive, subject: subject)
  }

  private static func pack(_ work: String, to archive: String, subject: String) async throws {
    let inside = try paths(in: work)
    for path in inside.reversed() { try HostFiles.setTimes(epoch, of: "\(work)/\(path)") }
    let purpose = "cannot make the initramfs"
    try await Program.cpio.run(
      [
        "--create", "--format=newc", "--reproducible", "--owner=+0:+0", "--quiet",
        "--file=\(archive)",
      ],
      to: purpose, subject: subject, in: work, input: inside.map { $0 + "\n" }.joined(),
      space: archive)
    try await Program.gzip.run(
      ["-n", "-6", "-f", archive], to: purpose, subject: subject, space: archive)
  }

  /// All paths in a folder, sorted, itself first as `.`.
  private static func paths(in folder: String, below prefix: String = "") throws -> [String] {
    var found = prefix.isEmpty ? ["."] : []
    for name in try HostFiles.names(in: folder) {
      found.append(prefix + name)
      if let facts = HostFiles.facts(of: "\(folder)/\(name)"), HostFiles.kind(facts) == .folder {
        found += try paths(in: "\(folder)/\(name)", below: "\(prefix)\(name)/")
      }
    }
    return found
  }
}
