import Covey
import CoveyEngine
import Glibc

/// The files of layers, for as long as no machine uses them.
struct LayerFiles: Sendable {
  let files: GuestFolder
  let time: any TimeSource
  let sealed: @Sendable (SealedFile.Role, _ templateDigest: String) -> String

  func path(_ layer: Int, of guest: Guest) -> String { files.layer(layer, of: guest) }

  /// The file that a layer stands on; nil where it holds all by itself.
  func path(below layer: Int, of guest: Guest) -> String? {
    let below = guest.disks.parents[layer] ?? nil
    return below.map { path($0, of: guest) } ?? image(below: guest)
  }

  /// The template's image, on which the first layer stands; nil where that holds all by itself.
  func image(below guest: Guest) -> String? {
    guest.disks.isFlat ? nil : sealed(.disk, guest.templateDigest)
  }

  func exists(_ layer: Int, of guest: Guest) -> Bool {
    HostFiles.facts(of: path(layer, of: guest)) != nil
  }

  /// Makes an empty layer. The one below may be in use: nothing is read of it but its size.
  func make(_ layer: Int, on parent: Int, of guest: Guest) async throws {
    let below = path(parent, of: guest)
    try await make(
      path(layer, of: guest), on: below, size: QcowFile.virtualSize(of: below), guest)
  }

  func make(_ path: String, on below: String?, size: ByteCount, _ guest: Guest) async throws {
    let new = path + ".new"
    try HostFiles.remove(new)
    // qemu-img would write through a file that a crash left behind, and make one that everybody may read.
    try HostFiles.write([], to: new, mode: 0o600, waits: false)
    do {
      try await Program.qemuImg.run(
        [
          "create", "-q", "-f", "qcow2",
        ] + (below.map { ["-F", "qcow2", "-u", "-b", $0] } ?? []) + [new, "\(size.bytes)"],
        to: "cannot make a layer of the disk of guest \"\(guest.name)\"",
        subject: "guest \(guest.name)", space: path, within: .seconds(60))
      try HostFiles.synchronize(new)
      try HostFiles.rename(new, to: path)
    } catch {
      try HostFiles.remove(new)
      throw error
    }
    try HostFiles.synchronize(HostFiles.parent(of: path))
  }

  /// Copies into a layer what it reads from the one below, and has it stand on what that stands on. The layer's content
  /// stays the same at every moment.
  ///
  /// - `used`: as `mendNames` takes it.
  func pull(_ layer: Int, into child: Int, of guest: Guest, besides used: [String]) async throws {
    // What the layer below remembers of its changes goes with it, and libvirt would not notice.
    try await forgetBitmaps(in: path(child, of: guest), where: LibvirtBackups.isOwn)
    try await mendNames(downFrom: child, of: guest, besides: used)
    try await rebase(
      path(child, of: guest), to: path(below: layer, of: guest), copies: true, guest)
  }

  /// Copies a layer's content into the one below.
  ///
  /// - `used`: as `mendNames` takes it.
  func commit(_ layer: Int, into parent: Int, of guest: Guest, besides used: [String]) async throws
  {
    let (upper, lower) = (path(layer, of: guest), path(parent, of: guest))
    try await forgetBitmaps(in: lower, where: LibvirtBackups.isOwn)
    try await mendNames(downFrom: layer, of: guest, besides: used)
    try await merge(["commit", "-q", "-f", "qcow2", "-b", lower, "-d", upper], into: lower, guest)
    try HostFiles.synchronize(lower)
  }

  /// Has a layer, and those that it stands on, name in their headers what covey's record has them stand on. A QEMU, or a
  /// qemu-img, that was killed as it had merged may have left word of it in a header, and nothing of what it had copied:
  /// whoever goes by the header then reads past a file that is still needed.
  ///
  /// - `used`: files of a machine that runs, which nobody else can change.
  /// - Throws: `.conflict` where one of those names another.
  func mendNames(downFrom layer: Int, of guest: Guest, besides used: [String] = []) async throws {
    for layer in guest.disks.chain(of: layer).reversed() {
      let path = path(layer, of: guest)
      // One that stands alone by the record lacks nothing, whatever it names.
      guard let below = self.path(below: layer, of: guest) else { continue }
      let named = try QcowFile.backing(of: path)
      if let named, named == below || HostFiles.areSame(named, below) { continue }
      guard !used.contains(path) else { throw Self.misnamed(path, named, below, guest) }
      try await rebase(path, to: below, copies: false, guest)
    }
  }

  private static func misnamed(_ path: String, _ named: String?, _ below: String, _ guest: Guest)
    -> Problem
  {
    Problem(
      .conflict, subject: "guest \(guest.name)",
      "\(path) stands on \(below), and says \(named ?? "that it stands alone"): "
        + "a merge was cut off there",
      hint:
        "the guest itself reads what it should; covey mends that while it is off, then ask again: "
        + guest.wayToStop)
  }

  /// Changes the name that a file has for the one below, which holds the same.
  func rename(below layer: Int, to lower: Int, of guest: Guest) async throws {
    try await rebase(path(layer, of: guest), to: path(lower, of: guest), copies: false, guest)
  }

  /// Changes the name that a file outside the tree has for the one below, which need not be there.
  func name(_ below: String, below path: String, _ guest: Guest) async throws {
    try await rebase(path, to: below, copies: false, guest)
  }

  /// - `below`: nil has the file hold all by itself.
  func rebase(_ path: String, to below: String?, copies: Bool, _ guest: Guest) async throws {
    try await merge(
      ["rebase", "-q", "-f", "qcow2"] + (below == nil ? [] : ["-F", "qcow2"])
        + (copies ? [] : ["-u"]) + ["-b", below ?? "", path], into: path, guest)
    try HostFiles.synchronize(path)
  }

  private func merge(_ arguments: [String], into path: String, _ guest: Guest) async throws {
    try await onceFree(path) {
      try await Program.qemuImg.run(
        arguments, to: "cannot merge layers of the disk of guest \"\(guest.name)\"",
        subject: "guest \(guest.name)", space: path, within: .seconds(24 * 3600))
    }
  }

  /// A program outlives the daemon that started it and was killed, and keeps its files locked until it is done: then, and not
  /// before, the step can be repeated. Whoever else has a lock is not waited for.
  private func onceFree(_ path: String, _ body: () async throws -> Void) async throws {
    let folder = HostFiles.parent(of: path)
    var mayHaveEnded = false
    while true {
      do { return try await body() } catch let problem as Problem where problem.isOfALock {
        let isAtWork = Program.qemuImg.works(in: folder)
        // It may have ended since it was in the way.
        guard isAtWork || !mayHaveEnded else { throw problem }
        mayHaveEnded = !isAtWork
        try await time.sleep(for: .seconds(1))
      }
    }
  }

  func resize(_ layer: Int, of guest: Guest, to size: ByteCount) async throws {
    let path = path(layer, of: guest)
    try await onceFree(path) {
      try await Program.qemuImg.run(
        ["resize", "-q", "-f", "qcow2", path, "\(size.bytes)"],
        to: "cannot resize the disk of guest \"\(guest.name)\"", subject: "guest \(guest.name)",
        space: path, within: .seconds(60))
    }
    try HostFiles.synchronize(path)
  }

  /// Removes memories of changes from an image that nobody uses.
  func forgetBitmaps(in path: String, where isGone: (String) -> Bool) async throws {
    for name in try await QcowFile.bitmaps(of: path) where isGone(name) {
      try await onceFree(path) {
        try await Program.qemuImg.run(
          ["bitmap", "--remove", "-f", "qcow2", path, name], to: "cannot change \(path)",
          subject: path, space: path)
      }
    }
  }

  func mendLeaks(of layer: Int, of guest: Guest) async throws {
    let path = path(layer, of: guest)
    try await onceFree(path) {
      try await Program.qemuImg.run(
        ["check", "-q", "-r", "leaks", "-f", "qcow2", path], to: "\(path) is damaged",
        subject: "guest \(guest.name)", space: path, within: .seconds(3600), failure: .altered,
        hint: "keep a copy of it, look at the host's kernel log, and see: qemu-img check \(path)")
    }
  }

  /// Gone is what the disk says, not the system's memory: a file that a power cut brought back would be one that nobody knows,
  /// and keep its guest from starting.
  func remove(_ layer: Int, of guest: Guest) throws {
    let path = path(layer, of: guest)
    try HostFiles.remove(path)
    try HostFiles.remove(path + ".new")
    try HostFiles.synchronize(files.layers(of: guest))
  }
}

extension Problem {
  /// Whether a program of QEMU's found a file locked.
  fileprivate var isOfALock: Bool {
    message.contains("Failed to get \"") && message.contains("\" lock")
  }
}
