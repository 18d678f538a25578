import Covey

/// What the engine asks of folders of backups, and of the disks that go into them and come out.
///
/// Folders are absolute paths of one guest's own backups. Every call may be repeated after it was cut off anywhere. All throw
/// `Problem`; nothing that was a backup before is changed by a call that fails.
public protocol Backups: Sendable {
  /// What a folder's description says; nil where there is none.
  ///
  /// - Throws: `.invalid` for a description that cannot be true or that a newer covey wrote.
  func set(in folder: String) async throws -> BackupSet?
  /// Folders of backups directly below another folder, by name.
  func folders(below folder: String) async throws -> [String]
  /// Whether the backup could be made; changes nothing.
  ///
  /// - Throws: `.invalid` when the folder cannot hold it, `.noSpace`, `.conflict` while the machine does other work on its disk.
  func survey(_ task: BackupTask, of guest: Guest) async throws
  /// Makes the folder, and removes from it what no backup is. Throws as `survey`.
  func prepare(_ task: BackupTask, of guest: Guest) async throws
  /// Copies the disk as it is at one moment, whether the machine runs or not. A copy that was begun is begun again; one that
  /// is complete stays.
  func copy(
    _ task: BackupTask, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Checks the copy and makes it a backup.
  ///
  /// - `template`: what the guest stands on, to be kept beside it; nil when it is not known.
  /// - Throws: `.altered` when the copy is not as it must be.
  func seal(_ task: BackupTask, of guest: Guest) async throws -> Backup
  /// Ends a copy that is under way, and removes what is left of it.
  func drop(_ task: BackupTask, of guest: Guest) async throws
  /// Has libvirt forget all of covey's checkpoints but some.
  func forgetCheckpoints(of guest: Guest, besides kept: Set<String>) async throws
  /// Reads everything again and says what is wrong.
  ///
  /// - `id`: one backup, with those that it stands on; nil is all.
  /// - `progress`: bytes read of those that are to be read.
  func verify(
    _ folder: String, _ id: Int?, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> [BackupFinding]
  /// Removes backups, none of which another one that stays stands on.
  func remove(_ ids: Set<Int>, in folder: String) async throws
  /// Makes the disk of a new guest, which stands on the template and reads as the backup does.
  ///
  /// - Throws: `.altered` when a file is not what the description says, `.noSpace`, `.exists` for another guest's files.
  func restore(
    _ source: BackupSource, to guest: Guest, from template: Template,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
}
