import CoveyWire
import Foundation

/// A machine of libvirtd's on a copy of covey's disk.
struct PlainDisk: Sendable {
  static let name = "plain-disk"

  private let folder: String
  private let here = Kept(0)

  /// Copies the template's files and the disk, and starts the machine.
  static func make(
    _ template: TemplateView, of disk: CoveyDisk, _ place: Place
  ) async throws -> PlainDisk {
    let plain = PlainDisk(folder: "\(place.machines)/\(name)")
    let files = "\(place.state)/templates/\(template.digest)"
    try await Tool.run(["mkdir", "-p", plain.folder])
    for file in ["disk.qcow2", "vmlinuz", "initrd.gz"] {
      try await Tool.run(["cp", "--sparse=always", "\(files)/\(file)", plain.folder])
    }
    try await disk.copy(to: plain.file, on: plain.image)
    var machine = PlainMachine(
      name: name, address: "127.118.2.2", disk: plain.file, kernel: "\(plain.folder)/vmlinuz",
      initrd: "\(plain.folder)/initrd.gz", console: "\(plain.folder)/console", template: template)
    // As covey has it for disks whose writes must survive.
    machine.cache = "none"
    let path = "\(plain.folder)/machine.xml"
    try Data(machine.document.utf8).write(to: URL(filePath: path))
    try await Libvirtd.virsh(["define", path])
    try await Libvirtd.virsh(["start", name])
    let endpoint = Endpoint(address: machine.address, port: 80)
    _ = try await PageProbe(endpoint: endpoint, path: Subject.namePath, within: .seconds(240))
      .first()
    return plain
  }

  private init(folder: String) { self.folder = folder }

  var image: String { "\(folder)/disk.qcow2" }
  /// The file that the machine writes to.
  var file: String { "\(folder)/own-\(here.value).qcow2" }
  var converted: String { "\(folder)/converted.qcow2" }
  fileprivate var overlay: String { "\(folder)/taken.qcow2" }

  fileprivate func blockcopy() async throws {
    let before = file
    here.value = 1 - here.value
    try await Libvirtd.virsh([
      "blockcopy", Self.name, "vda", "--dest", file, "--format", "qcow2", "--shallow",
      "--transient-job", "--wait", "--pivot",
    ])
    try await Tool.run(["rm", before])
  }

  func stop() async throws { try await Libvirtd.virsh(["destroy", Self.name]) }

  func remove() async throws {
    try await Leftovers.clearMachines()
    try await Tool.run(["rm", "-rf", folder])
  }
}

/// `virsh blockcopy` until the machine has turned, and the removal of what it had.
struct Blockcopy: DiskSide {
  let disk: PlainDisk
  let kind = DiskSideKind.blockcopy

  func prepare() async throws { try await DiskCache.forget(disk.file) }
  func act() async throws { try await disk.blockcopy() }
  func end() async throws {}
}

/// `virsh snapshot-create-as --disk-only`.
struct DiskOnlySnapshot: DiskSide {
  let disk: PlainDisk
  let kind = DiskSideKind.createAs

  func prepare() async throws {}

  func act() async throws {
    try await Libvirtd.virsh([
      "snapshot-create-as", PlainDisk.name, "taken", "--disk-only", "--atomic", "--no-metadata",
      "--diskspec", "vda,file=\(disk.overlay)",
    ])
  }

  func end() async throws {
    guard FileManager.default.fileExists(atPath: disk.overlay) else { return }
    try await Libvirtd.virsh([
      "blockcommit", PlainDisk.name, "vda", "--active", "--wait", "--pivot",
    ])
    try await Tool.run(["rm", disk.overlay])
  }
}

/// `qemu-img convert` of the disk of a machine that is off, onto the same image.
struct Convert: DiskSide {
  let disk: PlainDisk
  /// `convert` as one types it, whose copy is in the kernel's memory at the end, or `convertFlushed`.
  let kind: DiskSideKind

  func prepare() async throws { try await DiskCache.forget(disk.file) }

  func act() async throws {
    let cache = kind == .convertFlushed ? ["-t", "writeback"] : []
    try await Tool.run(
      ["qemu-img", "convert"] + cache + [
        "-f", "qcow2", "-O", "qcow2", "-F", "qcow2", "-B", disk.image, disk.file, disk.converted,
      ])
  }

  func end() async throws { try await Tool.run(["rm", "-f", disk.converted]) }
}
