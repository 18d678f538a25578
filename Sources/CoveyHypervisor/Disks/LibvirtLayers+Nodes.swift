import Covey
import CoveyEngine
import Foundation
import Libvirt

// What QEMU has open, in its own words: libvirt may have forgotten some of it.
extension LibvirtLayers {
  /// How often it is looked whether QEMU has let go of a file, which it does a moment after its job.
  static let looksForAClose = 200

  /// All images that a running machine has open, and the files below them.
  func nodes(of domain: Domain, _ guest: Guest) async throws -> [BlockNode] {
    struct Answer: Decodable { let `return`: [BlockNode] }
    let answer = try await asking(guest) { () throws(LibvirtError) in
      try await domain.monitor(
        #"{"execute":"query-named-block-nodes","arguments":{"flat":true}}"#)
    }
    do { return try JSONDecoder().decode(Answer.self, from: Data(answer.utf8)).return } catch {
      throw Problem(
        .internal, subject: "guest \(guest.name)",
        "QEMU describes the disk of guest \"\(guest.name)\" in words that covey does not know: \(error)",
        hint: "see the daemon's log")
    }
  }

  /// Waits until QEMU has let go of a file.
  ///
  /// - Returns: whether it has.
  func awaitClose(of file: String, _ domain: Domain, _ guest: Guest) async throws -> Bool {
    for _ in 1...Self.looksForAClose {
      if try await !isOpen(file, domain, guest) { return true }
      try await time.sleep(for: Self.lookEvery)
    }
    return false
  }

  private func isOpen(_ file: String, _ domain: Domain, _ guest: Guest) async throws -> Bool {
    guard try await hypervisor.isRunning(guest) else { return false }
    return try await nodes(of: domain, guest).contains { $0.driver == "file" && $0.file == file }
  }

  /// Has QEMU close a file that no job and no device uses any more: libvirt, killed in between, may not have come to it. QEMU
  /// refuses it where the file is used.
  func close(_ file: String, _ domain: Domain, _ guest: Guest) async throws {
    let nodes = try await nodes(of: domain, guest)
    for storage in nodes where storage.driver == "file" && storage.file == file {
      // libvirt's two names for one image.
      let format = storage.name.replacing("-storage", with: "-format")
      for node in [format, storage.name] {
        _ = try? await domain.monitor(
          #"{"execute":"blockdev-del","arguments":{"node-name":"\#(node)"}}"#)
      }
    }
  }
}
