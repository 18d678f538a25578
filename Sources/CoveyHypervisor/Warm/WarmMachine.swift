import Covey
import LibvirtXML

/// The machine documents of a warm template and of its forks: a guest's own, on memory that is a file. Pure.
///
/// Both must have the same devices in the same places, or QEMU refuses the saved state; both are made from one document.
/// The file's path reaches QEMU by its command line, since libvirt cannot name the file of a guest's memory (9.0).
enum WarmMachine {
  /// QEMU finds the memory in the saved state by this name.
  static let memory = "covey.ram"

  /// The machine that is saved: what it writes to its memory is in the file.
  static func template(_ document: DomainDocument, memory path: String) -> DomainDocument {
    on(document, path, share: true, more: [])
  }

  /// A fork, which waits for the saved state: what it writes to its memory is its own.
  static func fork(_ document: DomainDocument, memory path: String) -> DomainDocument {
    on(document, path, share: false, more: ["-incoming", "defer"])
  }

  private static func on(
    _ document: DomainDocument, _ path: String, share: Bool, more: [String]
  ) -> DomainDocument {
    var document = document
    // A comma in an option's value is written twice (qemu-options).
    let path = path.replacing(",", with: ",,")
    let size = document.memory
    let backend =
      "memory-backend-file,id=\(memory),size=\(size)B,mem-path=\(path),share=\(share ? "on" : "off")"
    document.qemuArguments +=
      ["-object", backend, "-machine", "memory-backend=\(memory)"] + more
    return document
  }

  /// SHA-256 over a machine of this template and size with everything taken out that differs from guest to guest.
  static func devices(
    of template: Template, _ machine: MachineSize, type: DomainType, network: GuestNetwork = .user
  ) throws -> String {
    let nobody = Guest(
      name: try Name("nobody"), uuid: "00000000-0000-4000-8000-000000000000", template: template,
      group: nil, machine: machine, disk: .ephemeral, address: IPv4Address(number: 0), ports: [],
      health: template.health, created: .zero)
    var document = try GuestMachine(
      guest: nobody, template: template, files: GuestFolder(guests: ""),
      sealed: { role, _ in role.rawValue },
      type: type, installation: "", network: network
    ).document()
    document.setMetadata(nil, uri: GuestRecord.namespace)
    return FileDigest.of(bytes: Array(try fork(document, memory: "").serialised().utf8))
  }
}
