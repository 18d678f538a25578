import Covey
import CoveyEngine
import Foundation
import Libvirt
import Support

@testable import CoveyHypervisor

/// A root of libvirt's embedded driver with a sealed disk, for one process.
///
/// libvirt binds a process to the first root that it opens, for good ("already open with path",
/// 9.0.0, even after the connection was closed). Each test that needs a root is therefore an exit
/// test: it has a process of its own, and other suites keep theirs.
struct EmbeddedPlace {
  let root: String
  let link: LibvirtLink
  let hypervisor: LibvirtHypervisor
  let template = GuestSamples.template(kernelArguments: nil)

  var files: GuestFolder { GuestFolder(guests: "\(root)/g") }

  private init(root: String) throws {
    self.root = root
    let embedded = EmbeddedRoot("\(root)/l")
    try embedded.prepare()
    try KeptCapabilities.give(to: embedded)
    link = LibvirtLink(uri: embedded.uri)
    hypervisor = LibvirtHypervisor(
      link: link, installation: "here", files: GuestFolder(guests: "\(root)/g"),
      sealed: { role, _ in "\(root)/\(role.rawValue)" }, accelerator: { .tcg },
      warm: WarmPlaces(shelf: "/none"), time: VirtualTime())
  }

  /// Runs a body on a fresh root, and ends and removes everything after it.
  static func with(_ body: (EmbeddedPlace) async throws -> Void) async throws {
    // Short: the sockets below it may have 107 bytes.
    let place = try EmbeddedPlace(root: HostFiles.makeTemporaryFolder("/tmp/cvh-"))
    do { try await body(place) } catch {
      await place.end()
      throw error
    }
    await place.end()
    leave()
  }

  /// libvirt's threads outlive its last connection, and the destructors that `exit` runs may pull their memory from under
  /// them (now and then a SIGABRT, libvirt 9.0.0). What the tests found is reported already.
  private static func leave() -> Never {
    fflush(nil)
    _exit(EXIT_SUCCESS)
  }

  /// A guest of covey's with an empty disk: its firmware looks for a system forever.
  func guest(
    _ name: String, number: UInt32, disk: DiskMode = .persistent,
    ports: [PortMapping] = [PortMapping(guest: 80, host: 8080)]
  ) async throws -> Guest {
    let guest = GuestSamples.guest(
      name, uuid: "3f1c0a52-7d64-4c0e-9a55-0000000000\(10 + number)", disk: disk,
      memory: .mebibytes(32), ports: ports, lastByte: number)
    try HostFiles.makeFolder("\(root)/g")
    try HostFiles.makeFolder("\(root)/g/\(name)")
    try await image("\(root)/disk", ["16M"])
    try await image(files.disk(of: guest.name), ["-b", "\(root)/disk", "-F", "qcow2"])
    return guest
  }

  private func image(_ path: String, _ more: [String]) async throws {
    guard HostFiles.facts(of: path) == nil else { return }
    let size = more.count == 1 ? [path] + more : more + [path]
    try await Program.qemuImg.run(
      ["create", "-q", "-f", "qcow2"] + size, to: "cannot make \(path)", subject: "test")
  }

  private func end() async {
    do {
      let connection = try await link.connection()
      for domain in try await connection.domains(.active) { try await domain.destroy() }
      await link.close()
      try KeptCapabilities.keep(of: EmbeddedRoot("\(root)/l"))
      try HostFiles.remove(root)
    } catch {
      print("left behind: \(root): \(error)")
    }
  }
}
