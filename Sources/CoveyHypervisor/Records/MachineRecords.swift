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
  /// Libvirt has QEMU begin one right before a disk is to turn to its mirror.
  private static let turnBitmap = "libvirt-tmp-activewrite"
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
      let path = old.monitor
    else { return tell("libvirt's record of a machine is not understood", file) }
    guard let monitor = try QEMUMonitor(at: path) else { return }  // the machine is gone
    for job in try monitor.jobs() where try isLost(job, old, monitor) { try end(job, monitor) }
    // What QEMU still does is libvirt's to follow.
    let isIdle = try monitor.jobs().isEmpty
    let graph = try monitor.graph()
    let chains = isIdle ? chains(old, graph, file) : [:]
    var new = old
    new.countNames(upTo: graph.own)
    if isIdle { new.forgetJobs() }
    for (place, disk) in new.disks.enumerated() {
      guard let chain = disk.target.flatMap({ chains[$0] }), chain.map(\.file) != disk.files else {
        continue
      }
      try forgetChanges(of: disk, turnedTo: chain, graph, monitor)
      new.turn(place, to: chain)
    }
    if new != old {
      logger?.notice(
        "libvirt's record of a machine is brought in line with QEMU",
        metadata: ["guest": "\(new.name ?? file)"])
      try write(new.serialised(), to: file)
    }
    try redefine(new.name, chains)
    try close(Set(graph.own).subtracting(new.nodes), monitor)
    try forgetBitmapsOfJobs(graph, monitor)
  }

  /// Whether libvirt would take a job up wrongly, or not at all. Of a copy that is over it would have to know whether the disk
  /// turned, and it cannot begin a turn again.
  private func isLost(
    _ job: QEMUMonitor.Job, _ record: MachineRecord, _ monitor: QEMUMonitor
  ) throws -> Bool {
    guard record.jobs.contains(job.id) else { return true }
    guard record.copies.contains(job.id) else { return false }
    if job.isOver { return true }
    let graph = try monitor.graph()
    return !record.nodesBelowMirrors.isDisjoint(with: graph.own)
      || graph.images.flatMap(\.bitmaps).contains { $0.name == Self.turnBitmap }
  }

  private func end(_ job: QEMUMonitor.Job, _ monitor: QEMUMonitor) throws {
    for look in 1...Self.looks {
      guard let now = try monitor.jobs().first(where: { $0.id == job.id }) else { return }
      // It may be over, or on its way there, since it was looked at.
      let command = now.isOver ? "job-dismiss" : look == 1 ? "job-cancel" : nil
      if let command { try refusable { try monitor.tell(command, ["id": .text(job.id)]) } }
      usleep(Self.lookEvery)
    }
    tell("a job that libvirt does not know does not end", job.id)
  }

  private func chains(
    _ record: MachineRecord, _ graph: BlockGraph, _ file: String
  ) -> [String: [OpenImage]] {
    var chains: [String: [OpenImage]] = [:]
    for disk in record.disks where disk.file != nil {
      guard let target = disk.target else { continue }
      chains[target] = disk.backend.flatMap(graph.chain)
      if chains[target] == nil { tell("QEMU has disk \(target) open in an unknown way", file) }
    }
    return chains
  }

  /// What changed since a backup is not known any more of images that were merged while libvirt could not take notice: the next
  /// backup is a full one.
  private func forgetChanges(
    of disk: DiskDevice, turnedTo chain: [OpenImage], _ graph: BlockGraph, _ monitor: QEMUMonitor
  ) throws {
    guard let first = chain.first, !Set(disk.files).isSubset(of: chain.map(\.file)) else { return }
    for bitmap in graph.images.first(where: { $0.name == first.node })?.bitmaps ?? []
    where !bitmap.name.isEmpty && !bitmap.busy {
      let isGone = try refusable { try remove(bitmap.name, of: first.node, monitor) }
      guard !isGone else { continue }
      // On a full file system, such as: one that does not go on is not trusted.
      try monitor.tell(
        "block-dirty-bitmap-disable",
        ["node": .text(first.node), "name": .text(bitmap.name)])
    }
  }

  /// A backup that was cut off leaves one, and the next could not make its own.
  private func forgetBitmapsOfJobs(_ graph: BlockGraph, _ monitor: QEMUMonitor) throws {
    for image in graph.images {
      for bitmap in image.bitmaps
      where !bitmap.busy && !bitmap.persistent && bitmap.name.hasPrefix("backup-") {
        try refusable { try remove(bitmap.name, of: image.name, monitor) }
      }
    }
  }

  private func remove(_ bitmap: String, of node: String, _ monitor: QEMUMonitor) throws {
    try monitor.tell("block-dirty-bitmap-remove", ["node": .text(node), "name": .text(bitmap)])
  }

  /// Closes images that nobody uses; QEMU refuses it of others. One may stand on another.
  private func close(_ nodes: Set<String>, _ monitor: QEMUMonitor) throws {
    var left = nodes
    for _ in 0..<nodes.count {
      var refused: Set<String> = []
      for node in left.sorted() {
        let isClosed = try refusable {
          try monitor.tell("blockdev-del", ["node-name": .text(node)])
        }
        if !isClosed { refused.insert(node) }
      }
      if refused == left || refused.isEmpty { return }
      left = refused
    }
  }

  /// The machine's next start uses what it uses now. libvirt writes the definition last.
  private func redefine(_ name: String?, _ chains: [String: [OpenImage]]) throws {
    guard let name, !chains.isEmpty else { return }
    let file = "\(root)/etc/qemu/\(name).xml"
    guard HostFiles.facts(of: file) != nil else { return }
    var definition = try DomainDocument(parsing: HostFiles.text(of: file, limit: Self.longest))
    let old = definition
    for (place, disk) in definition.disks.enumerated() {
      guard let chain = disk.target.flatMap({ chains[$0] }), chain.first?.file != disk.file else {
        continue
      }
      definition.disks[place].turn(to: chain, isLive: false)
    }
    if definition != old { try write(definition.serialised(), to: file) }
  }

  /// - Returns: whether QEMU did not refuse it.
  @discardableResult
  private func refusable(_ body: () throws -> Void) throws -> Bool {
    do { try body() } catch let refusal as QEMUMonitor.Refusal {
      logger?.debug("QEMU refused: \(refusal.desc)")
      return false
    }
    return true
  }

  private func tell(_ what: String, _ subject: String) {
    logger?.warning("\(what)", metadata: ["subject": "\(subject)"])
  }

  private func write(_ text: String, to file: String) throws {
    try HostFiles.write(text.utf8, to: "\(file).new", mode: 0o600)
    try HostFiles.rename("\(file).new", to: file)
  }
}
