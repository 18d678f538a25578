import Covey
import CoveyEngine
import Glibc

extension LibvirtLayers {
  public func copyFirmwareState(_ state: Int, to copy: Int, of guest: Guest) async throws {
    try FirmwareState(files.firmwareState(state, of: guest.name))
      .copy(to: files.firmwareState(copy, of: guest.name))
  }

  public func dropFirmwareState(_ state: Int, of guest: Guest) async throws {
    try FirmwareState(files.firmwareState(state, of: guest.name)).remove()
  }
}

/// A file in which UEFI firmware remembers: its boot entries, and what a system in the guest gave it to keep.
struct FirmwareState {
  /// OVMF's have 528 KiB; QEMU takes none that is larger than its flash memory.
  static let largest = ByteCount.mebibytes(8)
  /// How often it is read while it changes.
  private static let readAtMost = 16

  let path: String

  init(_ path: String) { self.path = path }

  /// The one that goes with a disk which is on its way to a guest, or from one.
  init(besides disk: String) { path = disk + ".nvram" }

  var isThere: Bool { HostFiles.facts(of: path) != nil }

  /// Copies it whole, in place of what is there. A machine may write to it meanwhile: it is read until it is the same twice.
  /// Where there is none, there is no copy either.
  func copy(to target: String) throws(Problem) {
    let copy = FirmwareState(target)
    guard isThere else { return try copy.remove() }
    var bytes = try read()
    for _ in 1..<Self.readAtMost {
      let again = try read()
      if again == bytes { break }
      bytes = again
    }
    try copy.remove()
    let new = target + ".new"
    do {
      try HostFiles.write(bytes, to: new, mode: 0o600)
      try HostFiles.rename(new, to: target)
    } catch {
      try HostFiles.remove(new)
      throw error
    }
    try HostFiles.synchronize(HostFiles.parent(of: target))
  }

  func remove() throws(Problem) {
    try HostFiles.remove(path)
    try HostFiles.remove(path + ".new")
  }

  private func read() throws(Problem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    try HostFiles.readAll(descriptor, path) { chunk throws(Problem) in
      bytes += chunk
      guard bytes.count <= Self.largest.bytes else {
        throw Problem(
          .invalid, subject: path, "\(path) is larger than \(Self.largest)",
          hint: "it is not what UEFI firmware keeps; put the right file there")
      }
    }
    return bytes
  }
}
