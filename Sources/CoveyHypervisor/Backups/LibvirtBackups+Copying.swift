import Covey
import CoveyEngine
import Glibc
import Libvirt
import LibvirtXML

extension LibvirtBackups {
  private static let longest: Duration = .seconds(7 * 24 * 3600)

  public func copy(
    _ task: BackupTask, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let folder = BackupFolder(path: task.folder)
    if try folder.readNotes(of: task) != nil { return }
    // What an earlier try left is of another moment.
    try await drop(task, of: guest)
    try folder.make(for: task)
    let notes: BackupFolder.Notes
    if let machine = try await layers.machine(of: guest) {
      notes = try await copyRunning(task, guest, machine, report)
    } else {
      notes = try await copyStopped(task, guest, report)
    }
    try await HostFiles.settle(folder.unfinished(task.id))
    try folder.write(notes, of: task)
  }

  public func drop(_ task: BackupTask, of guest: Guest) async throws {
    let folder = BackupFolder(path: task.folder)
    if let machine = try await layers.machine(of: guest) {
      // An earlier daemon may have been killed while the guest held still for the beginning.
      await layers.thaw(guest, machine.domain)
      try await endJob(into: folder.unfinished(task.id), machine.domain, guest)
    }
    // A copy that is complete, of a task that is not over, keeps its checkpoint; a sealed one too.
    if try folder.read()?.backup(task.id) == nil {
      try await forget([task.checkpoint], of: guest)
    }
    try folder.drop(task)
  }

  private func note(
    _ task: BackupTask, _ guest: Guest, taken: Timestamp, _ kind: Backup.Kind,
    _ consistency: Snapshot.Consistency, checkpoint: String?, reason: String?
  ) throws -> BackupFolder.Notes {
    let file = BackupFolder(path: task.folder).unfinished(task.id)
    return BackupFolder.Notes(
      token: task.checkpoint, taken: taken, kind: kind,
      virtualSize: try QcowFile.virtualSize(of: file), consistency: consistency,
      checkpoint: checkpoint, reason: reason)
  }
}

// While the machine runs.
extension LibvirtBackups {
  private func copyRunning(
    _ task: BackupTask, _ guest: Guest, _ machine: LibvirtLayers.Machine,
    _ report: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> BackupFolder.Notes {
    guard machine.chain.first == active(guest) else {
      throw layers.notAsExpected(guest, machine.chain)
    }
    var (since, reason): (BackupTask.Parent?, String?) = (nil, task.reason)
    if let parent = task.parent {
      switch try await ground(
        parent, in: BackupFolder(path: task.folder), of: guest, machine)
      {
      case .sound: since = parent
      case .unsound(let flaw): reason = flaw
      }
    }
    try await makeTarget(task, guest, on: since)
    let taken = time.now()
    var consistency: Snapshot.Consistency
    do { consistency = try await begin(task, guest, machine, since: since) } catch let problem
      as Unsound
    {
      // libvirt has the last word on what it remembers.
      (since, reason) = (nil, problem.reason)
      try await makeTarget(task, guest, on: nil)
      consistency = try await begin(task, guest, machine, since: nil)
    }
    try await awaitEnd(task, guest, machine.domain, report)
    return try note(
      task, guest, taken: taken, since == nil ? .full : .incremental, consistency,
      checkpoint: task.checkpoint, reason: since == nil ? reason : nil)
  }

  /// Makes the file that QEMU is to write to. One that libvirt made would stand on the guest's own disk (libvirt 9.0).
  private func makeTarget(_ task: BackupTask, _ guest: Guest, on parent: BackupTask.Parent?)
    async throws
  {
    let file = BackupFolder(path: task.folder).unfinished(task.id)
    let size = try QcowFile.virtualSize(of: active(guest))
    try await makeImage(file, size, below: parent.map { Backup.file($0.id) }, guest)
  }

  private struct Unsound: Error { let reason: String }

  private func begin(
    _ task: BackupTask, _ guest: Guest, _ machine: LibvirtLayers.Machine,
    since parent: BackupTask.Parent?
  ) async throws -> Snapshot.Consistency {
    let file = BackupFolder(path: task.folder).unfinished(task.id)
    let since = parent?.mark?.checkpoint
    let xml = try BackupDocument(
      disks: [.push(GuestMachine.target, file: file)], since: since
    ).serialised()
    let checkpoint = try CheckpointDocument(
      name: task.checkpoint, disks: [.bitmap(GuestMachine.target)]
    ).serialised()
    let domain = machine.domain
    let consistency = try await layers.atOneMoment(of: guest, machine) {
      do throws(LibvirtError) {
        try await domain.beginBackup(xml: xml, checkpointXML: checkpoint, reuseExternal: true)
      } catch {
        let isUnsound = [.checkpointInconsistent, .noCheckpoint].contains(error.code)
        if since != nil, isUnsound {
          throw Unsound(reason: "libvirt does not remember what changed: \(error.message)")
        }
        throw try await layers.problem(error, doing: "backing up", guest)
      }
    }
    if let rate = task.rate {
      do throws(LibvirtError) {
        try await domain.setBlockJobBandwidth(GuestMachine.target, to: UInt64(rate.bytes))
      } catch {
        // A small one is over before anybody can slow it down.
        logger.info(
          "backup not slowed down: \(error.message)", metadata: ["guest": "\(guest.name)"])
      }
    }
    return consistency
  }

  /// Waits for libvirt's job and for QEMU's, and then until QEMU has let go of the file.
  private func awaitEnd(
    _ task: BackupTask, _ guest: Guest, _ domain: Domain, _ report: @Sendable (WorkDone) -> Void
  ) async throws {
    let file = BackupFolder(path: task.folder).unfinished(task.id)
    while true {
      let now = try await layers.asking(guest, doing: "backing up") { () throws(LibvirtError) in
        try await domain.jobProgress()
      }
      guard let progress = now else { break }
      if let amount = progress.disk {
        report(
          WorkDone(
            done: ByteCount(bytes: Int64(clamping: amount.processed)),
            total: ByteCount(bytes: Int64(clamping: amount.total))))
      }
      try await time.sleep(for: LibvirtLayers.lookEvery)
    }
    try await awaitJob(domain, guest)
    let end = try await layers.asking(guest, doing: "backing up") { () throws(LibvirtError) in
      try await domain.jobProgress(completed: true)
    }
    guard let end, end.operation == .backup else { throw LibvirtLayers.ended(guest) }
    guard end.type == .completed, end.succeeded != false else {
      throw Self.failed(guest, file, end.errorMessage ?? "it was ended")
    }
    try await layers.requireClosed([file], domain, guest)
    // What QEMU had no time to write of a file need not be missed by anybody.
    guard try await layers.hypervisor.isRunning(guest) else { throw LibvirtLayers.ended(guest) }
  }

  /// libvirt's job may be over before QEMU's.
  private func awaitJob(_ domain: Domain, _ guest: Guest) async throws {
    while try await layers.hypervisor.isRunning(guest),
      try await layers.job(on: domain, guest) != nil
    {
      try await time.sleep(for: LibvirtLayers.lookEvery)
    }
  }

  private static func failed(_ guest: Guest, _ file: String, _ reason: String) -> Problem {
    if reason.contains("No space left") || reason.contains("quota") {
      return DiskSpace.full(
        purpose(guest), subject: subject(guest), at: file, hint: DiskSpace.chooseAnother)
    }
    return Problem(
      .unavailable, subject: subject(guest), "\(purpose(guest)): QEMU gave up: \(reason)",
      hint:
        "look at the file system of \(HostFiles.parent(of: file)) and at the host's kernel log; the guest goes on"
    )
  }

  /// Ends a backup job that writes to a file, and has the file closed; leaves any other alone.
  private func endJob(into file: String, _ domain: Domain, _ guest: Guest) async throws {
    if let xml = try? await domain.backupXML(),  // else none runs
      try BackupDocument(parsing: xml).disks.contains(where: { $0.file == file })
    {
      do throws(LibvirtError) { try await domain.abortJob() } catch {
        logger.info("backup not ended: \(error.message)", metadata: ["guest": "\(guest.name)"])
      }
      try await awaitJob(domain, guest)
    }
    try await layers.requireClosed([file], domain, guest)
  }
}

// While the machine is off.
extension LibvirtBackups {
  private func copyStopped(
    _ task: BackupTask, _ guest: Guest, _ report: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> BackupFolder.Notes {
    let folder = BackupFolder(path: task.folder)
    let (source, target) = (active(guest), folder.unfinished(task.id))
    try await layers.requireRecorded(guest)
    try await layers.layers.mendNames(downFrom: guest.disks.active, of: guest)
    let (size, taken) = (try QcowFile.virtualSize(of: source), time.now())
    var reason = task.reason
    var parent = task.parent
    if let before = parent, let flaw = try flaw(of: before, in: folder, guest) {
      (parent, reason) = (nil, flaw)
    }
    let total = guest.disks.chain(of: guest.disks.active).map {
      HostFiles.space(of: layers.layers.path($0, of: guest))
    }.reduce(ByteCount(bytes: 0), +)
    try await layers.reporting(growthOf: target, to: total, report) { [parent] in
      if let parent {
        // What differs from the backup before, found by reading both: no memory of changes is needed, and none can be wrong.
        try await makeImage(target, size, below: source, guest)
        try await run(
          ["rebase", "-q", "-f", "qcow2", "-F", "qcow2", "-b", Backup.file(parent.id), target],
          target, guest)
      } else {
        try HostFiles.write([], to: target, mode: 0o600, waits: false)
        let rate = task.rate.map { ["-r", "\($0.bytes)"] } ?? []
        try await run(
          ["convert", "-q", "-f", "qcow2", "-O", "qcow2"] + rate + [source, target], target, guest)
      }
      try await run(["compare", "-q", "-f", "qcow2", "-F", "qcow2", source, target], target, guest)
    }
    return try note(
      task, guest, taken: taken, parent == nil ? .full : .incremental,
      guest.consistencyAtRest, checkpoint: nil,
      reason: parent == nil ? reason : nil)
  }

  /// Why nothing can stand on the backup before, whatever changed since.
  func flaw(of parent: BackupTask.Parent, in folder: BackupFolder, _ guest: Guest) throws
    -> String?
  {
    guard try fits(parent, guest) else { return "the disk was resized since backup \(parent.id)" }
    guard let chain = try folder.read()?.chain(of: parent.id) else {
      return "a backup is missing that backup \(parent.id) stands on"
    }
    for backup in chain {
      let file = folder.file(backup.id)
      let size = HostFiles.facts(of: file).map { Int64($0.st_size) }
      guard size == backup.size.bytes else {
        return size == nil
          ? "the file of backup \(backup.id) is gone" : "the file of backup \(backup.id) is altered"
      }
      guard (try? BackupImage(backup, in: folder).judge()) == backup.virtualSize else {
        return "the file of backup \(backup.id) is altered"
      }
    }
    return nil
  }

  func makeImage(_ file: String, _ size: ByteCount, below: String?, _ guest: Guest) async throws {
    try HostFiles.remove(file)
    // qemu-img would make one that everybody may read.
    try HostFiles.write([], to: file, mode: 0o600, waits: false)
    let on = below.map { ["-F", "qcow2", "-u", "-b", $0] } ?? []
    try await run(["create", "-q", "-f", "qcow2"] + on + [file, "\(size.bytes)"], file, guest)
  }

  func run(_ arguments: [String], _ file: String, _ guest: Guest) async throws {
    try await Program.qemuImg.run(
      arguments, to: Self.purpose(guest), subject: Self.subject(guest), space: file,
      within: Self.longest)
  }
}
