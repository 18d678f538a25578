import Covey
import CoveyEngine

extension LibvirtLayers {
  public func extract(
    _ layer: Int, of guest: Guest, onTemplate: Bool, near target: String?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> String {
    let machine = try await machine(of: guest)
    if let machine, machine.chain.first == layers.path(layer, of: guest) {
      // Nobody can read a file that QEMU writes to and be sure what it says.
      throw notAsExpected(guest, machine.chain)
    }
    try await requireRecorded(guest)
    try await layers.mendNames(downFrom: layer, of: guest, besides: machine?.chain ?? [])
    let total = guest.disks.chain(of: layer).map { HostFiles.space(of: layers.path($0, of: guest)) }
      .reduce(ByteCount(bytes: 0), +)
    let purpose = "cannot copy the disk of guest \"\(guest.name)\""
    try await dropExtract(of: guest, near: target)
    let path = try extract(of: guest, near: target, room: total, purpose)
    do {
      try await reporting(growthOf: path, to: total, report) {
        if onTemplate {
          try await extractDifference(layer, of: guest, to: path)
        } else {
          try HostFiles.write([], to: path, mode: 0o600, waits: false)
          try await Program.qemuImg.run(
            [
              "convert", "-q", "-f", "qcow2", "-O", "qcow2", layers.path(layer, of: guest), path,
            ], to: purpose, subject: "guest \(guest.name)", space: path,
            within: .seconds(24 * 3600))
        }
      }
      try await HostFiles.settle(path)
      if guest.firmware == .uefi {
        try FirmwareState(files.firmwareState(guest.disks.firmwareState, of: guest.name))
          .copy(to: FirmwareState(besides: path).path)
      }
    } catch {
      try HostFiles.remove(path)
      throw error
    }
    return path
  }

  /// An empty layer on the one that is wanted, whose ground is then changed to the template: what differs is copied into it.
  /// `qemu-img convert -B` would take what the uppermost layer holds alone (QEMU 7.2).
  private func extractDifference(_ layer: Int, of guest: Guest, to path: String) async throws {
    let source = layers.path(layer, of: guest)
    try await layers.make(path, on: source, size: QcowFile.virtualSize(of: source), guest)
    try await layers.rebase(
      path, to: layers.sealed(.disk, guest.templateDigest), copies: true, guest)
    try await layers.name(TemplateFolder.diskName, below: path, guest)
  }

  public func dropExtract(of guest: Guest, near target: String?) async throws {
    for path in extracts(of: guest, near: target) {
      try HostFiles.remove(path)
      try FirmwareState(besides: path).remove()
    }
  }

  /// Where a copy of the disk may lie: with the guest's own files, or beside what it is made for. A disk was often moved away
  /// because the former has little room.
  private func extracts(of guest: Guest, near target: String?) -> [String] {
    ["\(files.folder(of: guest.name))/.extract.qcow2"]
      + (target.map { [ExportFile($0, of: guest).disk] } ?? [])
  }

  /// The first place that has room.
  private func extract(
    of guest: Guest, near target: String?, room: ByteCount, _ purpose: String
  ) throws(Problem) -> String {
    let (paths, subject) = (extracts(of: guest, near: target), "guest \(guest.name)")
    if let path = paths.first(where: { (DiskSpace(at: $0)?.free ?? room) >= room }) {
      if path != paths.first {
        try LayerPlace.check(HostFiles.parent(of: path), subject: subject, purpose: purpose)
      }
      return path
    }
    throw DiskSpace.full(
      purpose, subject: subject, at: paths.last ?? "/",
      hint: target == nil ? DiskSpace.makeRoom : DiskSpace.chooseAnother)
  }

  /// Runs a body that writes a file, and says how large that is meanwhile.
  func reporting(
    growthOf path: String, to total: ByteCount, _ report: @escaping @Sendable (WorkDone) -> Void,
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await body() }
      group.addTask { [time] in
        while true {
          try await time.sleep(for: Self.growthEvery)
          let done = HostFiles.space(of: path)
          report(WorkDone(done: done, total: max(done, total)))
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// How often a file that a program writes is looked at.
  private static let growthEvery: Duration = .milliseconds(500)
}
