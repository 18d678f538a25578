/// A backup from which a new guest is made.
public struct RestoredBackup: Hashable, Sendable {
  public let source: BackupSource
  /// The version of the template that the disk stands on.
  public let templateDigest: String
  /// Starts the guest once it is there.
  public let starts: Bool

  public init(source: BackupSource, templateDigest: String, starts: Bool) {
    self.source = source
    self.templateDigest = templateDigest
    self.starts = starts
  }
}

extension LaunchRequest {
  /// A wish for a new guest with the disk that a backup has, and the machine that the guest had.
  public init(restoring backup: Backup, in folder: String, as name: Name, starts: Bool) {
    self.init(
      name: name, template: backup.template, cpus: backup.guest.machine.cpus,
      memory: backup.guest.machine.memory, disk: .persistent,
      restores: RestoredBackup(
        source: BackupSource(folder: folder, backup: backup),
        templateDigest: backup.templateDigest, starts: starts))
  }
}

extension Guest {
  /// Once the disk is whole it stays, also when the guest does not come up: it is what was asked for.
  func restoring(_ backup: RestoredBackup) -> Plan {
    let source = backup.source
    let words = "brought back from backup \(source.id) in \(source.folder)"
    return Plan(
      [.restoreDisk(source), .define, .note(.broughtBack(words))]
        + (backup.starts ? rising : []),
      ending: .becomes(backup.starts ? awake : .stopped), undoesOnFailure: true)
  }
}
