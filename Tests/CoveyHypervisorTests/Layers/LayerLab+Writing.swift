import Covey
import CoveyEngine
import Glibc
import Libvirt
import Support
import Testing

@testable import CoveyHypervisor

extension LayerLab {
  private static let device = "/machine/peripheral/virtio-disk0/virtio-backend"

  /// Has the guest's QEMU write, and flush unless told otherwise.
  ///
  /// - Returns: whether the guest was told that it is on its disk.
  @discardableResult
  func write(_ writes: [DiskWrite], to guest: Guest, flushes: Bool = true) async throws -> Bool {
    try await write(writes, to: hypervisor.requireDomain(of: guest), flushes: flushes)
  }

  @discardableResult
  func write(_ writes: [DiskWrite], to domain: Domain, flushes: Bool = true) async throws -> Bool {
    let failures = complaints(of: domain.name)
    for command in writes.map(\.command) + (flushes ? ["flush"] : []) {
      do throws(LibvirtError) {
        let said = try await domain.humanMonitor("qemu-io -d \(Self.device) \"\(command)\"")
        guard said.allSatisfy(\.isWhitespace) else { return false }
      } catch {
        return false
      }
    }
    return complaints(of: domain.name) == failures
  }

  /// QEMU 7.2's monitor does not tell how a command of qemu-io's ended; its log does.
  private func complaints(of guest: String) -> Int {
    let path = "\(root)/l/log/qemu/\(guest).log"
    let text = (try? HostFiles.text(of: path, limit: 64 << 20)) ?? ""  // not there yet
    return text.split(separator: "\n").count { $0.contains(" failed: ") }
  }

  /// Has a guest that runs write something at random, and notes it.
  func scribble(
    _ count: Int, on guest: Guest, _ content: inout DiskContent, using random: inout SeededGenerator
  ) async throws {
    let size = content.size
    let writes = (0..<count).map { _ in DiskWrite.random(below: size, using: &random) }
    guard try await write(writes, to: guest) else {
      throw Problem(.internal, subject: "\(guest.name)", "a write failed: \(writes)", hint: "")
    }
    for write in writes { content.apply(write) }
  }
}

/// What is wrong with a guest's files, seen from outside while its machine is off.
struct LayerInspection {
  let lab: LayerLab
  let guest: Guest
  let book: DiskBook

  func complaints() async throws -> [String] {
    var found: [String] = []
    let tree = guest.disks
    let names = Set(tree.snapshots.map(\.name))
    if names != Set(book.states.keys) {
      found.append("it has snapshots \(names.sorted()), not \(book.states.keys.sorted())")
    }
    found += try await unlike(book.now, layer: tree.active, "the present state")
    for snapshot in tree.snapshots {
      guard let content = book.states[snapshot.name] else { continue }
      found += try await unlike(content, layer: snapshot.layer, "snapshot \(snapshot.name)")
    }
    // A machine that was killed leaves space that nobody uses, and nothing else.
    try await lab.layers.mendLeaks(of: guest)
    for layer in tree.layers { found += try await damage(layer) }
    found += try strangers()
    for version in [lab.template, lab.elder]
    where try await FileDigest.of(lab.disk(of: version)) != version.files[0].digest {
      found.append("the template was changed")
    }
    return found
  }

  private func unlike(_ content: DiskContent, layer: Int, _ what: String) async throws -> [String] {
    let raw = "\(lab.elsewhere)/state.raw"
    do {
      try await Program.qemuImg.run(
        ["convert", "-f", "qcow2", "-O", "raw", lab.files.layer(layer, of: guest), raw],
        to: "cannot read \(what)", subject: "test")
    } catch {
      return ["\(error)"]
    }
    let bytes = try HostFiles.bytes(of: raw)
    try HostFiles.remove(raw)
    return content.difference(from: bytes).map { ["\(what) (layer \(layer)): \($0)"] } ?? []
  }

  private func damage(_ layer: Int) async throws -> [String] {
    let path = lab.files.layer(layer, of: guest)
    let script = "qemu-img check -q -f qcow2 '\(path)'; echo $?"
    let said = try await Program(name: "/bin/sh", package: "dash").run(
      ["-c", script], to: "cannot check", subject: "test")
    let status = said.text.split(separator: "\n").last.map(String.init)
    return status == "0" ? [] : ["layer \(layer) is damaged: \(said.text) \(said.errors)"]
  }

  /// Files that nothing accounts for, and files that are missing.
  private func strangers() throws -> [String] {
    let tree = guest.disks
    let known = Set(
      tree.layers.map(GuestFolder.layer)
        + tree.snapshots.compactMap(\.memory)
        .map(GuestFolder.memory))
    let home = "\(lab.root)/g/\(guest.name)"
    let own: Set = ["owner", "console.log", "console.sock", "agent.sock"]
    let candidates = [home] + lab.places.map { "\($0)/\(guest.name)" }
    return try candidates.flatMap { folder in
      let isThere = HostFiles.facts(of: folder) != nil
      let names = isThere ? Set(try HostFiles.names(in: folder)) : []
      let isUsed = folder == lab.files.layers(of: guest)
      let wanted = isUsed ? known : []
      var found = wanted.subtracting(names).map { "\(folder)/\($0) is missing" }
      let allowed = wanted.union(folder == home ? own : isUsed ? ["owner"] : [])
      found += names.subtracting(allowed).map { "\(folder)/\($0) was left behind" }
      if isThere, folder != home, !isUsed { found.append("\(folder) was left behind") }
      return found
    }
  }
}

extension HostFiles {
  static func bytes(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem("cannot read", path) }
    defer { close(descriptor) }
    // All at once: these are large, and an array that grows costs these tests much of their time.
    let size = Int(facts(of: path)?.st_size ?? 0)
    var bytes = [UInt8](repeating: 0, count: size)
    guard pread(descriptor, &bytes, size, 0) == size else { throw problem("cannot read", path) }
    return bytes
  }
}
