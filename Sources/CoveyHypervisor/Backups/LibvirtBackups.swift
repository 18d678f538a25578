import Covey
import CoveyEngine
import Glibc
import Libvirt
import Logging

/// Backups of guests' disks: by libvirt's backup job where a machine runs, by qemu-img where none does.
public struct LibvirtBackups: Backups {
  let layers: LibvirtLayers
  let disks: any Disks
  let time: any TimeSource
  let logger: Logger

  /// - `disks`: where a restored disk becomes a guest's.
  public init(
    layers: LibvirtLayers, disks: any Disks, time: any TimeSource, logger: Logger
  ) {
    self.layers = layers
    self.disks = disks
    self.time = time
    self.logger = logger
  }

  public func set(in folder: String) async throws -> BackupSet? {
    try await HostFiles.apart { _ in try BackupFolder(path: folder).read() }
  }

  public func folders(below folder: String) async throws -> [String] {
    try await HostFiles.apart { _ in
      try HostFiles.names(in: folder).map { "\(folder == "/" ? "" : folder)/\($0)" }.filter {
        HostFiles.facts(of: "\($0)/\(BackupFolder.description)") != nil
      }
    }
  }

  public func survey(_ task: BackupTask, of guest: Guest) async throws {
    let folder = BackupFolder(path: task.folder)
    let (room, outside) = (try await room(task, guest), layers.state)
    try await HostFiles.apart { _ in
      try folder.check(for: task, room: room, outside: outside, subject: Self.subject(guest))
    }
  }

  public func prepare(_ task: BackupTask, of guest: Guest) async throws {
    try await survey(task, of: guest)
    try await HostFiles.apart { _ in try BackupFolder(path: task.folder).make(for: task) }
  }

  /// What the file will take at most, where that can be known; what changed is not known of a machine that is off.
  private func room(_ task: BackupTask, _ guest: Guest) async throws -> ByteCount {
    let machine = try await layers.machine(of: guest)
    switch (task.parent, machine) {
    case (let parent?, nil) where try fits(parent, guest): return BackupFolder.margin
    case (let parent?, let machine?):
      guard
        case .sound(let ground) = try await ground(
          parent, in: BackupFolder(path: task.folder), of: guest, machine)
      else { break }
      return ground.changed + BackupFolder.margin
    default: break
    }
    let own = guest.disks.chain(of: guest.disks.active).map {
      HostFiles.space(of: layers.layers.path($0, of: guest))
    }
    let template = HostFiles.space(of: layers.layers.sealed(.disk, guest.templateDigest))
    return (own + [template, BackupFolder.margin]).reduce(ByteCount(bytes: 0), +)
  }

  /// Whether the guest's disk is as large as it was at the backup before.
  func fits(_ parent: BackupTask.Parent, _ guest: Guest) throws -> Bool {
    try QcowFile.virtualSize(of: active(guest)) == parent.virtualSize
  }

  func active(_ guest: Guest) -> String { layers.layers.path(guest.disks.active, of: guest) }

  static func subject(_ guest: Guest) -> String { "guest \(guest.name)" }
  static func purpose(_ guest: Guest) -> String { "cannot back up guest \"\(guest.name)\"" }
}

// Making a copy a backup.
extension LibvirtBackups {
  public func seal(_ task: BackupTask, of guest: Guest) async throws
    -> Backup
  {
    let folder = BackupFolder(path: task.folder)
    var set =
      try folder.read() ?? BackupSet(series: task.series, guest: guest.name, uuid: guest.uuid)
    if let made = set.backup(task.id) {
      try HostFiles.remove(folder.notes(task.id))
      return made
    }
    guard let notes = try folder.readNotes(of: task) else {
      throw Problem(
        .notFound, subject: task.folder, "the copy of the disk of guest \"\(guest.name)\" is gone",
        hint:
          "back it up again: covey backup create \(guest.name) --to \(HostFiles.parent(of: task.folder))"
      )
    }
    // An earlier daemon may have got as far as the name.
    let isNamed = HostFiles.facts(of: folder.unfinished(task.id)) == nil
    let file = isNamed ? folder.file(task.id) : folder.unfinished(task.id)
    let backup = try await judge(file, notes, task, guest)
    try HostFiles.rename(file, to: folder.file(task.id))
    try HostFiles.synchronize(task.folder)
    set.add(backup)
    try folder.write(set)
    try HostFiles.remove(folder.notes(task.id))
    return backup
  }

  /// Sees that the copy is what it must be, on the disk and not in memory alone.
  private func judge(
    _ file: String, _ notes: BackupFolder.Notes, _ task: BackupTask, _ guest: Guest
  ) async throws -> Backup {
    let parent = notes.kind == .incremental ? task.parent?.id : nil
    let size = try BackupImage(path: file, below: parent.map(Backup.file)).judge()
    guard size == notes.virtualSize else {
      throw Problem(
        .altered, subject: file, "\(file) is for a disk of \(size) and not of \(notes.virtualSize)",
        hint: "back the guest up again; look at the host's kernel log")
    }
    try await check(file)
    try await HostFiles.settle(file)
    let bytes = ByteCount(bytes: Int64(HostFiles.facts(of: file)?.st_size ?? 0))
    return Backup(
      id: task.id, taken: notes.taken, kind: notes.kind, parent: parent, size: bytes,
      digest: try await FileDigest.of(file), virtualSize: size, consistency: notes.consistency,
      checkpoint: notes.checkpoint, guest: BackedUpGuest(guest), template: guest.template,
      templateDigest: guest.templateDigest, note: task.note, reason: notes.reason)
  }

  /// - Throws: `.altered` with what `qemu-img check` finds.
  func check(_ file: String) async throws {
    try await Program.qemuImg.run(
      ["check", "-q", "-f", "qcow2", file], to: "\(file) is damaged", subject: file,
      within: .seconds(24 * 3600), failure: .altered,
      hint: "look at the host's kernel log and at the disk that holds it")
  }
}
