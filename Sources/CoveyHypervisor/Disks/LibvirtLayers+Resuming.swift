import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

extension LibvirtLayers {
  public func resume(_ guest: Guest, from memory: Int, of template: Template) async throws {
    if try await hypervisor.isRunning(guest) {
      return try await hypervisor.wake(guest, of: template)
    }
    let active = layers.path(guest.disks.active, of: guest)
    guard try await LayerMap.isEmpty(active, subject: "guest \(guest.name)") else {
      logger.notice(
        "it wrote to its disk since its memory was resumed, and boots",
        metadata: ["guest": "\(guest.name)"])
      return try await hypervisor.start(guest)
    }
    let file = files.memory(memory, of: guest)
    guard HostFiles.facts(of: file) != nil else { throw Self.gone(file, guest) }
    try await hypervisor.bridge?.reserve(for: guest)
    let connection = try await hypervisor.link.connection()
    let doing = "resuming the saved memory of"
    let saved = try await hypervisor.attempting(doing, guest) { () throws(LibvirtError) in
      try await connection.savedImageXML(at: file)
    }
    let now = try hypervisor.machine(of: guest, from: template).document()
    var document = SavedMachine.document(try DomainDocument(parsing: saved), on: now.disks)
    if let state = now.firmwareState { document.firmwareState = state }
    let xml = try document.serialised()
    do throws(LibvirtError) {
      try await connection.restore(from: file, xml: xml, .paused)
    } catch {
      throw Problem(
        .unavailable, subject: "guest \(guest.name)",
        "the saved memory of guest \"\(guest.name)\" cannot be resumed: \(error.message)",
        hint:
          "its disk is back at the snapshot; start it without the memory: covey start \(guest.name)"
      )
    }
    try await hypervisor.wake(guest, of: template)
  }

  private static func gone(_ file: String, _ guest: Guest) -> Problem {
    Problem(
      .notFound, subject: "guest \(guest.name)",
      "the saved memory of guest \"\(guest.name)\" is gone: there is no file \(file)",
      hint: "start it without: covey start \(guest.name)")
  }
}

/// The machine that goes on from a saved memory: the one that was saved, on other disks. Pure.
enum SavedMachine {
  static func document(_ saved: DomainDocument, on disks: [DiskDevice]) -> DomainDocument {
    var document = saved
    document.disks = saved.disks.map { old in
      guard let new = disks.first(where: { $0.target == old.target }) else { return old }
      var disk = old
      disk.file = new.file
      disk.element["backingStore"] = new.element["backingStore"]
      disk.element["mirror"] = nil
      return disk
    }
    document.qemuArguments = arguments(saved.qemuArguments)
    return document
  }

  /// A fork's memory was a private view of its warm set's file, and all of it is in the save: it resumes on memory of its own,
  /// which keeps the name by which QEMU finds it there.
  private static func arguments(_ saved: [String]) -> [String] {
    var kept: [String] = []
    var rest = saved[...]
    while let word = rest.popFirst() {
      guard word == "-incoming" || word == "-object", let value = rest.popFirst() else {
        kept.append(word)
        continue
      }
      if word == "-incoming" { continue }
      kept += [word, memory(value)]
    }
    return kept
  }

  private static func memory(_ object: String) -> String {
    let fields = object.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.first == "memory-backend-file" else { return object }
    let size = fields.first { $0.hasPrefix("size=") } ?? "size=0"
    return "memory-backend-ram,id=\(WarmMachine.memory),\(size)"
  }
}
