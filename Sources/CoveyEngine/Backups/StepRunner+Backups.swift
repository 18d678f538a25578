import Covey

extension StepRunner {
  /// Steps of backups.
  func performOnBackups(
    _ step: GuestAction, of guest: Guest, in inventory: Inventory, report: @escaping Report
  ) async throws {
    let backups = ports.backups
    switch step {
    case .prepareBackup(let task): try await backups.prepare(task, of: guest)
    case .copyBackup(let task): try await backups.copy(task, of: guest, report: report)
    case .sealBackup(let task):
      let backup = try await backups.seal(task, of: guest)
      try await ledger.record(Self.news(of: backup, task, on: guest, in: inventory))
    case .tidyCheckpoints:
      let kept = await ledger.inventory.guests[guest.name]?.disks.checkpoints
      // The backup is made; what is left over goes with the next one.
      do { try await backups.forgetCheckpoints(of: guest, besides: kept ?? []) } catch is Problem {}
    case .dropBackup(let task): try await backups.drop(task, of: guest)
    case .restoreDisk(let source):
      let template = try required(inventory.templates[guest.templateDigest], guest)
      try await backups.restore(source, to: guest, from: template, report: report)
    default: return
    }
  }

  /// From now on the next backup goes on from this one, and the plan's result is told.
  private static func news(
    of backup: Backup, _ task: BackupTask, on guest: Guest, in inventory: Inventory
  ) -> [Event] {
    let mark = BackupMark(
      series: task.series, backup: backup.id, checkpoint: backup.checkpoint,
      layer: guest.disks.active)
    let made = Event.diskChanged(guest.name, .backedUp(mark))
    guard let operation = inventory.operation(on: guest.name) else { return [made] }
    let remark = [backup.kind.rawValue, backup.reason].compactMap(\.self)
    let result = OperationResult(
      path: "\(task.folder)/\(backup.file)", digest: backup.digest,
      remark: remark.joined(separator: ": "))
    return [made, .operationYielded(operation.id, result)]
  }
}
