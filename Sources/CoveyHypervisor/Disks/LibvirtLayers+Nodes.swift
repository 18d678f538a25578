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

  /// Waits until QEMU has let go of all of these files.
  ///
  /// - Returns: one that it holds on to.
  func heldOpen(_ files: Set<String>, _ domain: Domain, _ guest: Guest) async throws -> String? {
    for look in 1... {
      guard try await hypervisor.isRunning(guest) else { return nil }
      let open = try await nodes(of: domain, guest).first {
        $0.driver == "file" && files.contains($0.file)
      }
      if open == nil || look == Self.looksForAClose { return open?.file }
      try await time.sleep(for: Self.lookEvery)
    }
    return nil
  }

  /// QEMU has the last word on what is used: a file that libvirt does not know of may be the one that the guest writes to, and
  /// is neither removed nor replaced.
  func requireClosed(_ files: Set<String>, _ domain: Domain, _ guest: Guest) async throws {
    guard let file = try await heldOpen(files, domain, guest) else { return }
    throw Self.used(file, guest)
  }

  static func used(_ file: String, _ guest: Guest) -> Problem {
    Problem(
      .conflict, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" uses \(file)",
      hint: "restart it: covey restart \(guest.name)")
  }

  /// Has QEMU close a file that libvirt, killed in between, may not have come to. It refuses where the file is used.
  func close(_ file: String, _ domain: Domain, _ guest: Guest) async throws {
    for storage in try await nodes(of: domain, guest)
    where storage.driver == "file" && storage.file == file {
      guard let number = OpenImage.number(storage.name) else { continue }
      for node in ["libvirt-\(number)-format", storage.name] {
        _ = try? await domain.monitor(
          #"{"execute":"blockdev-del","arguments":{"node-name":"\#(node)"}}"#)
      }
    }
    try await requireClosed([file], domain, guest)
  }
}
