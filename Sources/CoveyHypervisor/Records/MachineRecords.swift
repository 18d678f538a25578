import Covey
import Glibc
import Libvirt
import LibvirtXML
import Logging

/// libvirt's records of the machines under a root of its embedded driver, brought in line with what QEMU does.
///
/// QEMU acts first, and libvirt writes it down after: when coveyd, and libvirt with it, is killed between the two, machines go on
/// with images that libvirt knows nothing of, and jobs are waited for that are over. QEMU is right, and is asked before libvirt
/// opens the root. Blocks.
struct MachineRecords {
  let root: String
  let logger: Logger?
  private static let longest = 16 << 20
  private static let looks = 100
  private static let lookEvery: UInt32 = 50_000  // microseconds

  /// To be called by whoever alone uses the root, before it is opened. Idempotent. What cannot be mended is left to libvirt.
  func mend() {
    let folder = "\(root)/run/qemu"
    guard HostFiles.facts(of: folder) != nil else { return }
    let names = (try? HostFiles.names(in: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".xml") {
      do { try mend("\(folder)/\(name)") } catch {
        logger?.warning(
          "libvirt's record of a machine was not compared with QEMU: \(error)",
          metadata: ["record": "\(name)"])
      }
    }
  }

  private func mend(_ file: String) throws {
    guard let old = MachineRecord(parsing: try HostFiles.text(of: file, limit: Self.longest)),
      let path = old.monitor, let monitor = try QemuMonitor(at: path)
    else { return }
    for job in try monitor.jobs() where !old.jobs.contains(job.id) || old.isTurning && job.isOver {
      try end(job, monitor)
    }
    // What QEMU still does is libvirt's to follow.
    guard try monitor.jobs().isEmpty else { return }
    let graph = try monitor.graph()
    var new = old
    new.forgetJobs()
    var turned: [String: [OpenImage]] = [:]
    for (place, disk) in new.disks.enumerated() {
      guard let backend = disk.backend, let chain = graph.chain(of: backend),
        chain.map(\.file) != disk.files
      else { continue }
      new.turn(place, to: chain)
      if let target = disk.target { turned[target] = chain }
      try forgetChanges(of: disk, turnedTo: chain, graph, monitor)
    }
    if new != old {
      logger?.notice(
        "libvirt's record of a machine is brought in line with QEMU",
        metadata: ["guest": "\(new.name ?? file)"])
      try redefine(new.name, turned)
      try write(new.serialised(), to: file)
    }
    try close(Set(graph.own).subtracting(new.nodes), monitor)
    try forgetBitmapsOfJobs(graph, monitor)
  }

  private func end(_ job: QemuMonitor.Job, _ monitor: QemuMonitor) throws {
    if !job.isOver { try monitor.tell("job-cancel", ["id": .text(job.id)]) }
    for _ in 1...Self.looks {
      guard let now = try monitor.jobs().first(where: { $0.id == job.id }) else { return }
      if now.isOver { return try monitor.tell("job-dismiss", ["id": .text(job.id)]) }
      usleep(Self.lookEvery)
    }
  }

  /// What changed since a backup is not known any more of images that were merged while libvirt could not take notice: the next
  /// backup is a full one.
  private func forgetChanges(
    of disk: DiskDevice, turnedTo chain: [OpenImage], _ graph: BlockGraph,
    _ monitor: QemuMonitor
  ) throws {
    guard let first = chain.first, !Set(disk.files).isSubset(of: chain.map(\.file)) else { return }
    for bitmap in graph.images.first(where: { $0.name == first.node })?.bitmaps ?? []
    where !bitmap.name.isEmpty && !bitmap.busy {
      try remove(bitmap.name, of: first.node, monitor)
    }
  }

  /// A backup that was cut off leaves one, and the next could not make its own.
  private func forgetBitmapsOfJobs(_ graph: BlockGraph, _ monitor: QemuMonitor) throws {
    for image in graph.images {
      for bitmap in image.bitmaps
      where !bitmap.busy && !bitmap.persistent && bitmap.name.hasPrefix("backup-") {
        try remove(bitmap.name, of: image.name, monitor)
      }
    }
  }

  private func remove(_ bitmap: String, of node: String, _ monitor: QemuMonitor) throws {
    do {
      try monitor.tell(
        "block-dirty-bitmap-remove", ["node": .text(node), "name": .text(bitmap)])
    } catch let refusal as QemuMonitor.Refusal {
      logger?.info("a memory of changes stays: \(refusal.desc)")
    }
  }

  /// Closes images that nobody uses; QEMU refuses it of others. One may stand on another.
  private func close(_ nodes: Set<String>, _ monitor: QemuMonitor) throws {
    var left = nodes
    for _ in 0..<nodes.count {
      var refused: Set<String> = []
      for node in left.sorted() {
        do { try monitor.tell("blockdev-del", ["node-name": .text(node)]) } catch is QemuMonitor
          .Refusal
        { refused.insert(node) }
      }
      if refused == left || refused.isEmpty { return }
      left = refused
    }
  }

  /// The machine's next start uses what it uses now.
  private func redefine(_ name: String?, _ turned: [String: [OpenImage]]) throws {
    guard let name, !turned.isEmpty else { return }
    let file = "\(root)/etc/qemu/\(name).xml"
    guard HostFiles.facts(of: file) != nil else { return }
    var definition = try DomainDocument(parsing: HostFiles.text(of: file, limit: Self.longest))
    for (place, disk) in definition.disks.enumerated() {
      guard let chain = disk.target.flatMap({ turned[$0] }) else { continue }
      definition.disks[place].turn(to: chain, isLive: false)
    }
    try write(definition.serialised(), to: file)
  }

  private func write(_ text: String, to file: String) throws {
    try HostFiles.write(text.utf8, to: "\(file).new", mode: 0o600)
    try HostFiles.rename("\(file).new", to: file)
  }
}
