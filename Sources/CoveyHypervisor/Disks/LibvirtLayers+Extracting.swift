import Covey
import CoveyEngine

extension LibvirtLayers {
  public func extract(
    _ layer: Int, of guest: Guest, onTemplate: Bool, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> String {
    let machine = try await machine(of: guest)
    if let machine, machine.chain.first == layers.path(layer, of: guest) {
      // Nobody can read a file that QEMU writes to and be sure what it says.
      throw Self.notAsExpected(guest, machine.chain)
    }
    try await requireRecorded(guest)
    try await layers.mendNames(downFrom: layer, of: guest, besides: machine?.chain ?? [])
    let total = guest.disks.chain(of: layer).map { HostFiles.space(of: layers.path($0, of: guest)) }
      .reduce(ByteCount(bytes: 0), +)
    let (path, purpose) = (extract(of: guest), "cannot copy the disk of guest \"\(guest.name)\"")
    try HostFiles.remove(path)
    try DiskSpace.require(total, at: path, for: purpose, subject: "guest \(guest.name)")
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

  public func dropExtract(of guest: Guest) async throws {
    try HostFiles.remove(extract(of: guest))
    try FirmwareState(besides: extract(of: guest)).remove()
  }

  private func extract(of guest: Guest) -> String {
    "\(files.folder(of: guest.name))/.extract.qcow2"
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
