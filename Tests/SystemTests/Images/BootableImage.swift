import Foundation
import Subprocess

/// A disk image of the kind that distributions give out, made of a sealed template: one partition starts it by BIOS and by UEFI,
/// the other one has the template's root.
struct BootableImage {
  /// The folder of the sealed template.
  let sealed: String
  /// Kernel modules beside those of the template, in the order in which they are loaded.
  var modules: [String] = []
  /// Files that are put in place of the root's own.
  var files: [(path: String, text: String)] = []
  var starts: Set<Start> = [.bios, .uefi]

  enum Start { case bios, uefi }

  private static let arguments = "console=ttyS0 quiet no_timer_check ipv6.disable=1 psi=0"
  /// The boot partition begins here; before it there is the partition table.
  private static let begin = 1 << 20
  private static let bootSize = 32 << 20
  private static let sector = 512

  /// - `path`: where the raw image is made.
  func make(at path: String) async throws {
    let work = path + ".work"
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    let root = "\(work)/root"
    try await run(
      "qemu-img", ["convert", "-f", "qcow2", "-O", "raw", "\(sealed)/disk.qcow2", root])
    try await replaceFiles(in: root, work)
    let size = try FileManager.default.attributesOfItem(atPath: root)[.size] as? Int ?? 0
    try await makeBoot("\(work)/boot", initramfs: initramfs(work))
    try await partition(path, rootSize: size)
    try await put("\(work)/boot", into: path, at: Self.begin)
    try await put(root, into: path, at: Self.begin + Self.bootSize)
    if starts.contains(.bios) {
      try await run(
        "dd",
        ["if=/usr/lib/syslinux/mbr/mbr.bin", "of=\(path)", "bs=440", "count=1"] + Self.inPlace)
      try await run("syslinux", ["--offset", "\(Self.begin)", "--install", path])
    }
    try FileManager.default.removeItem(atPath: work)
  }

  private static let inPlace = ["conv=notrunc,sparse", "status=none"]

  private func partition(_ path: String, rootSize: Int) async throws {
    let (boot, root) = (Self.bootSize / Self.sector, rootSize / Self.sector)
    let begin = Self.begin / Self.sector
    let end = Self.begin + Self.bootSize + rootSize + Self.begin
    try await run("truncate", ["--size", "\(end)", path])
    // ef is an EFI system partition; BIOS looks for the one that is bootable.
    let table = """
      label: dos
      start=\(begin), size=\(boot), type=ef, bootable
      start=\(begin + boot), size=\(root), type=83

      """
    try await run("sfdisk", ["--quiet", path], input: table)
  }

  private func put(_ part: String, into path: String, at offset: Int) async throws {
    try await run(
      "dd", ["if=\(part)", "of=\(path)", "bs=1M", "seek=\(offset >> 20)"] + Self.inPlace)
  }

  private func makeBoot(_ path: String, initramfs: String) async throws {
    let sectors = Self.bootSize / Self.sector
    try await run("truncate", ["--size", "\(Self.bootSize)", path])
    try await run(
      "mformat", ["-i", path, "-v", "BOOT", "-T", "\(sectors)", "-H", "2048", "::"])
    try await run("mcopy", ["-i", path, "\(sealed)/vmlinuz", "::vmlinuz"])
    try await run("mcopy", ["-i", path, initramfs, "::initrd"])
    let syslinux = """
      SERIAL 0 115200
      DEFAULT linux
      LABEL linux
        LINUX vmlinuz
        INITRD initrd
        APPEND \(Self.arguments)

      """
    try await write(syslinux, to: "syslinux.cfg", in: path)
    guard starts.contains(.uefi) else { return }
    let folders = ["::EFI", "::EFI/BOOT", "::loader", "::loader/entries"]
    try await run("mmd", ["-i", path] + folders)
    let loader = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"
    try await run("mcopy", ["-i", path, loader, "::EFI/BOOT/BOOTX64.EFI"])
    try await write("timeout 0\ndefault linux.conf\n", to: "loader/loader.conf", in: path)
    try await write(
      "title linux\nlinux /vmlinuz\ninitrd /initrd\noptions \(Self.arguments)\n",
      to: "loader/entries/linux.conf", in: path)
  }

  private func write(_ text: String, to file: String, in boot: String) async throws {
    try await run("mcopy", ["-i", boot, "-", "::\(file)"], input: text)
  }

  private func replaceFiles(in root: String, _ work: String) async throws {
    for (number, file) in files.enumerated() {
      let source = "\(work)/file-\(number)"
      try file.text.write(toFile: source, atomically: true, encoding: .utf8)
      try await run(
        "debugfs", ["-w", "-f", "-", root], input: "rm \(file.path)\nwrite \(source) \(file.path)\n"
      )
    }
  }

  /// The template's own, and after it an archive with another first process, which mounts the second partition.
  private func initramfs(_ work: String) async throws -> String {
    let folder = "\(work)/more"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var names = ["init"]
    for (number, module) in modules.enumerated() {
      names.append("\(number).ko")
      try FileManager.default.copyItem(atPath: module, toPath: "\(folder)/\(number).ko")
    }
    let more = modules.indices.map { "$box insmod /\($0).ko" }.joined(separator: "\n")
    let script = """
      #!/bin/busybox sh
      box=/bin/busybox
      $box mount -t proc proc /proc
      $box mount -t sysfs sys /sys
      $box mount -t devtmpfs dev /dev
      while read -r module; do $box insmod "/modules/$module"; done </modules/order
      \(more)
      until [ -b /dev/vda2 ]; do $box usleep 20000; done
      $box mount -t ext4 -o rw /dev/vda2 /new
      for folder in dev proc sys; do $box mount --move /$folder /new/$folder; done
      exec $box switch_root /new /sbin/init

      """
    try script.write(toFile: "\(folder)/init", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(folder)/init")
    try await run(
      "cpio",
      ["--create", "--format=newc", "--quiet", "--owner=+0:+0", "--file=\(work)/more.cpio"],
      input: names.map { $0 + "\n" }.joined(), in: folder)
    try await run("gzip", ["-n", "\(work)/more.cpio"])
    var archive = try Data(contentsOf: URL(filePath: "\(sealed)/initrd.gz"))
    archive += try Data(contentsOf: URL(filePath: "\(work)/more.cpio.gz"))
    let path = "\(work)/initrd"
    try archive.write(to: URL(filePath: path))
    return path
  }
}

extension BootableImage {
  /// Modules of the kernel package that templates are built from, unpacked into a folder.
  static func modules(_ names: [String], of package: String, to folder: String) async throws
    -> [String]
  {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await run("dpkg-deb", ["--extract", package, folder])
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try names.map { name in
      guard let file = files.first(where: { $0.hasSuffix("/\(name).ko") }) else {
        throw Unexpected("\(package) has no module \(name)")
      }
      return "\(folder)/\(file)"
    }
  }

  /// Runs a tool, which must succeed.
  static func run(
    _ tool: String, _ arguments: [String], input: String = "", in folder: String? = nil
  ) async throws {
    let path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
    let ended = try await Subprocess.run(
      .name(tool), arguments: Arguments(arguments),
      environment: .inherit.updating(["PATH": path]),
      workingDirectory: folder.map { .init($0) }, input: .string(input),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    guard ended.terminationStatus.isSuccess else {
      throw Unexpected("\(tool) \(arguments): \(ended.standardError)\(ended.standardOutput)")
    }
  }

  private func run(
    _ tool: String, _ arguments: [String], input: String = "", in folder: String? = nil
  ) async throws { try await Self.run(tool, arguments, input: input, in: folder) }
}
