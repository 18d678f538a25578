import Covey
import CoveyEngine
import Foundation
import Libvirt

// What QEMU has open, in its own words: libvirt may have forgotten some of it.
extension LibvirtLayers {
  /// How often it is looked whether QEMU has let go of a file, which it does a moment after its job.
  private static let looksForAClose = 200
  private static let looksBeforeClosing = 20

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

  /// Waits until QEMU has let go of all of these files, and has it close those that nobody uses: libvirt does not come to
  /// some after a failure.
  ///
  /// - Returns: one that it holds on to.
  private func heldOpen(
    _ files: Set<String>, _ domain: Domain, _ guest: Guest
  ) async throws -> String? {
    for look in 1... {
      guard try await hypervisor.isRunning(guest) else { return nil }
      let open = try await nodes(of: domain, guest).filter { node in
        node.driver == "file" && files.contains { Self.isSame($0, node.file) }
      }
      guard let first = open.first else { return nil }
      if look == Self.looksForAClose { return first.file }
      if look >= Self.looksBeforeClosing { await close(open, domain) }
      try await time.sleep(for: Self.lookEvery)
    }
    return nil
  }

  /// The same file, perhaps by another way to its folder.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    one == other
      || one.split(separator: "/").last == other.split(separator: "/").last
        && HostFiles.areSame(one, other)
  }

  /// QEMU refuses it of what is used, also by an image that is still to be closed: that is another look's.
  private func close(_ storages: [BlockNode], _ domain: Domain) async {
    for storage in storages {
      guard let number = OpenImage.number(storage.name) else { continue }
      for node in ["libvirt-\(number)-format", storage.name] {
        _ = try? await domain.monitor(
          #"{"execute":"blockdev-del","arguments":{"node-name":"\#(node)"}}"#)
      }
    }
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
      "the machine of guest \"\(guest.name)\" uses \(file), which libvirt does not know of",
      hint:
        "start coveyd again, which asks QEMU what it uses; starting the guest again would lose what it wrote there"
    )
  }
}
