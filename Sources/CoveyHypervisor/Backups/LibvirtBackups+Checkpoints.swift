import Covey
import CoveyEngine
import Foundation
import Libvirt

// What libvirt and QEMU remember of what changed since a backup.
extension LibvirtBackups {
  /// Whether an incremental backup would be right.
  enum Ground: Hashable, Sendable {
    case sound(Remembered)
    /// Why not, as a clause.
    case unsound(String)
  }

  struct Remembered: Hashable, Sendable {
    /// Bytes of blocks that were written since.
    let changed: ByteCount
  }

  /// A running machine's memory of changes is trusted when all of it is seen to be there: libvirt itself asks for less, and
  /// makes wrong backups of disks whose lower layers were merged by hand (libvirt 9.0).
  func ground(
    _ parent: BackupTask.Parent, in folder: BackupFolder, of guest: Guest,
    _ machine: LibvirtLayers.Machine
  ) async throws -> Ground {
    guard let mark = parent.mark, let checkpoint = mark.checkpoint else {
      return .unsound(parent.flaw ?? "nothing is remembered since backup \(parent.id)")
    }
    if let flaw = try flaw(of: parent, in: folder, guest) { return .unsound(flaw) }
    let names = try await checkpoints(of: machine.domain, guest)
    guard names.contains(checkpoint) else {
      return .unsound("libvirt has no checkpoint of backup \(parent.id) any more")
    }
    let chain = guest.disks.chain(of: guest.disks.active)
    guard let end = chain.firstIndex(of: mark.layer) else {
      return .unsound("the disk has other layers than at backup \(parent.id)")
    }
    let files = chain[...end].map { layers.layers.path($0, of: guest) }
    guard Array(machine.chain.prefix(files.count)) == files else {
      return .unsound("the machine uses other files than at backup \(parent.id)")
    }
    let known = try await bitmaps(of: machine.domain, guest)
    var changed = ByteCount(bytes: 0)
    for file in files {
      guard let bitmap = known[file]?.first(where: { $0.name == checkpoint }), bitmap.isSound else {
        return .unsound(
          "what changed since backup \(parent.id) was lost: QEMU was killed, or the layers were merged"
        )
      }
      changed = changed + ByteCount(bytes: bitmap.count)
    }
    return .sound(Remembered(changed: changed))
  }

  /// The memories of changes in each image that a running machine has open, by its path.
  func bitmaps(of domain: Domain, _ guest: Guest) async throws -> [String: [DirtyBitmap]] {
    let images = try await layers.nodes(of: domain, guest).filter { $0.driver == "qcow2" }
    return Dictionary(images.map { ($0.file, $0.bitmaps) }) { $0 + $1 }
  }
}

// Forgetting.
extension LibvirtBackups {
  public func forgetCheckpoints(of guest: Guest, besides kept: Set<String>) async throws {
    guard let domain = try await layers.hypervisor.domain(of: guest) else { return }
    let names = try await checkpoints(of: domain, guest).filter(Self.isOwn)
    guard !guest.disks.marks.isEmpty || !names.isEmpty else { return }
    try await forget(Set(names).subtracting(kept), of: guest)
    try await removeBitmaps(of: guest) { Self.isOwn($0) && !kept.contains($0) }
  }

  static func isOwn(_ name: String) -> Bool { name.hasPrefix(Guest.checkpointPrefix) }

  private func checkpoints(of domain: Domain, _ guest: Guest) async throws -> [String] {
    guard !layers.hypervisor.link.isTest else { return [] }
    return try await layers.hypervisor.attempting("looking at the checkpoints of", guest) {
      () throws(LibvirtError) in try await domain.checkpointNames()
    }
  }

  /// Forgets checkpoints, and what the images remember for them.
  func forget(_ names: Set<String>, of guest: Guest) async throws {
    guard !names.isEmpty, let domain = try await layers.hypervisor.domain(of: guest) else { return }
    let isRunning = try await layers.hypervisor.isRunning(guest)
    let known = try await checkpoints(of: domain, guest).filter(names.contains)
    for name in known {
      if isRunning, (try? await domain.deleteCheckpoint(name)) != nil { continue }
      // Off, or the images have lost it: then only libvirt's own record is left to go.
      try await layers.hypervisor.attempting("forgetting a checkpoint of", guest) {
        () throws(LibvirtError) in try await domain.deleteCheckpoint(name, metadataOnly: true)
      }
    }
    // A machine may have some that libvirt had no time to hear of; in files they harm nobody until the next look at all.
    if isRunning || !known.isEmpty {
      try await removeBitmaps(of: guest, where: names.contains)
    }
  }

  /// Removes memories of changes from images that libvirt knows no checkpoint of. One that QEMU had no time to store would
  /// keep the disk from being resized for ever (QEMU 7.2).
  private func removeBitmaps(of guest: Guest, where isGone: (String) -> Bool) async throws {
    guard let machine = try await layers.machine(of: guest) else {
      for layer in guest.disks.layers where layers.layers.exists(layer, of: guest) {
        try await layers.layers.forgetBitmaps(
          in: layers.layers.path(layer, of: guest), where: isGone)
      }
      return
    }
    for node in try await layers.nodes(of: machine.domain, guest) {
      for bitmap in node.bitmaps where isGone(bitmap.name) && !bitmap.busy {
        // Images below the active one are open for reading alone: those go once the machine is off.
        _ = try? await machine.domain.monitor(
          #"{"execute":"block-dirty-bitmap-remove","arguments":{"node":"\#(node.name)","name":"\#(bitmap.name)"}}"#
        )
      }
    }
  }
}
