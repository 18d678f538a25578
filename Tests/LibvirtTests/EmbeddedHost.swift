import Foundation
import Libvirt
import LibvirtXML

/// A root of the embedded QEMU driver with an empty disk image, private to one suite.
struct EmbeddedHost {
  let folder: TemporaryFolder
  let root: EmbeddedRoot

  init() async throws {
    folder = try TemporaryFolder()
    root = EmbeddedRoot(folder.path)
    try root.prepare()
    let made = try await ToolRun("/usr/bin/qemu-img", "create", "-q", "-f", "qcow2", disk, "16M")
    guard made.status == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  var disk: String { folder.path + "/disk.qcow2" }

  /// A guest without an operating system: its firmware looks for one forever.
  func guest(_ name: String) -> DomainDocument {
    var document = DomainDocument(name: name, memory: 32 << 20)
    document.disks = [DiskDevice(file: disk, target: "vda")]
    document.disks[0].backingChain = []
    document.interfaces = [InterfaceDevice(.user)]
    document.removedQEMUCapabilities = ["cpu-unavailable-features"]
    return document
  }
}
