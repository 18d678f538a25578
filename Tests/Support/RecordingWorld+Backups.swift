import Covey
import CoveyEngine

extension RecordingWorld: Backups {
  public func set(in folder: String) throws -> BackupSet? {
    if let fault = faults["readBackups"] { throw fault.problem }
    return backupSets[folder]
  }
  public func folders(below folder: String) -> [String] {
    backupSets.keys.filter { $0.hasPrefix("\(folder)/") }.sorted()
  }
  public func survey(_ task: BackupTask, of guest: Guest) throws {
    try note("surveyBackup", guest.name)
  }
  public func prepare(_ task: BackupTask, of guest: Guest) throws {
    try note("prepareBackup", guest.name)
    unfinished.insert(task.checkpoint)
  }
  public func copy(
    _ task: BackupTask, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    try note("copyBackup", guest.name)
    report(WorkDone(done: .mebibytes(1), total: .mebibytes(2)))
    while isSlow { try await Task.sleep(for: .milliseconds(1)) }
  }
  public func seal(_ task: BackupTask, of guest: Guest) throws -> Backup {
    try note("sealBackup", guest.name)
    unfinished.remove(task.checkpoint)
    var set =
      backupSets[task.folder]
      ?? BackupSet(series: task.series, guest: guest.name, uuid: guest.uuid)
    let parent = isRunning(guest) && task.parent?.mark == nil ? nil : task.parent
    let backup = Samples.backup(
      task.id, parent: parent?.id, checkpoint: isRunning(guest) ? task.checkpoint : nil,
      of: guest, reason: parent == nil ? task.reason ?? task.parent?.flaw : nil)
    set.add(backup)
    backupSets[task.folder] = set
    return backup
  }
  public func drop(_ task: BackupTask, of guest: Guest) throws {
    try note("dropBackup", guest.name)
    unfinished.remove(task.checkpoint)
  }
  public func forgetCheckpoints(of guest: Guest, besides kept: Set<String>) throws {
    try note("forgetCheckpoints", guest.name)
    keptCheckpoints = kept
  }
  public func verify(
    _ folder: String, _ id: Int?, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) throws -> [BackupFinding] {
    if let fault = faults["verifyBackups"] { throw fault.problem }
    report("reading")
    return damages
  }
  public func remove(_ ids: Set<Int>, in folder: String) { backupSets[folder]?.remove(ids) }
  public func restore(
    _ source: BackupSource, to guest: Guest, from template: Template,
    report: @escaping @Sendable (WorkDone) -> Void
  ) throws {
    try note("restoreDisk", guest.name)
    disks.insert(guest.name)
  }

  /// Puts backups where somebody might have brought them from elsewhere.
  public func shelve(_ set: BackupSet, in folder: String) { backupSets[folder] = set }
  /// What the next look at backups finds.
  public func damage(_ findings: [BackupFinding]) { damages = findings }
}

extension Samples {
  public static func backup(
    _ id: Int, parent: Int? = nil, checkpoint: String? = nil, of guest: Guest = Samples.guest("db"),
    reason: String? = nil
  ) -> Backup {
    Backup(
      id: id, taken: Timestamp(milliseconds: Int64(id)), kind: parent == nil ? .full : .incremental,
      parent: parent, size: .mebibytes(1), digest: String(repeating: "ab", count: 32),
      virtualSize: .mebibytes(64), consistency: checkpoint == nil ? .off : .crash,
      checkpoint: checkpoint, guest: BackedUpGuest(guest), template: guest.template,
      templateDigest: guest.templateDigest, note: nil, reason: reason)
  }
}
