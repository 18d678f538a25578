import Covey
import Foundation
import Glibc

/// A folder with one guest's backups.
///
/// ```
/// FOLDER/GUEST/backup.json       what is there
/// FOLDER/GUEST/1.qcow2           a full backup: an image that stands alone
/// FOLDER/GUEST/2.qcow2           an incremental one, which names 1.qcow2 beside it
/// FOLDER/GUEST/.3.qcow2.new      one that is being made
/// FOLDER/GUEST/.3.json           what is known of it once it is copied
/// ```
///
/// Nothing in it names anything outside, so that it may be moved and copied as a whole.
struct BackupFolder: Sendable {
  static let description = "backup.json"
  private static let longestDescription = 64 << 20
  /// Room that a backup leaves on its file system.
  static let margin = ByteCount.mebibytes(64)

  let path: String

  func file(_ id: Int) -> String { "\(path)/\(Backup.file(id))" }
  /// A backup that is being made. What it stands on is beside it already.
  func unfinished(_ id: Int) -> String { "\(path)/.\(Backup.file(id)).new" }
  func notes(_ id: Int) -> String { "\(path)/.\(id).json" }
  private var description: String { "\(path)/\(Self.description)" }

  /// What is in it; nil without a description.
  func read() throws -> BackupSet? {
    guard HostFiles.facts(of: description) != nil else { return nil }
    let text = try HostFiles.text(of: description, limit: Self.longestDescription)
    return try BackupManifest.set(reading: text, at: description)
  }

  /// Replaces the description as a whole.
  func write(_ set: BackupSet) throws {
    let new = "\(path)/.\(Self.description).new"
    do {
      try HostFiles.remove(new)
      try HostFiles.write(try BackupManifest(set).bytes(), to: new, mode: 0o600)
      try HostFiles.rename(new, to: description)
    } catch {
      try HostFiles.remove(new)
      throw error
    }
    try HostFiles.synchronize(path)
  }

  /// Whether backups could lie here; changes nothing.
  ///
  /// - `state`: covey's own folder. What lies there, or in a guest's, goes when a guest is deleted.
  /// - Throws: `.invalid` when the folder above is not there, cannot be written to or belongs to covey or a guest, `.conflict`
  ///   for a file in the way, `.noSpace`.
  func check(for task: BackupTask, room: ByteCount, outside state: String, subject: String) throws {
    let purpose = "cannot back up to \(path)"
    let above = HostFiles.parent(of: path)
    try LayerPlace.check(above, subject: subject, purpose: purpose)
    for folder in [above, path] {
      try LayerPlace.check(folder, isOutside: state, subject: subject, purpose: purpose)
    }
    if HostFiles.facts(of: path) != nil {
      try LayerPlace.check(path, subject: subject, purpose: purpose)
    }
    let (id, isDescribed) = (task.id, try read()?.backup(task.id) != nil)
    if !isDescribed, HostFiles.facts(of: file(id)) != nil, try readNotes(of: task) == nil {
      throw Problem(
        .conflict, subject: path,
        "\(purpose): there is a file \(Backup.file(id)) that backup.json does not name",
        hint: "if backup.json is an old copy, put the newest one back; else move that file away")
    }
    try DiskSpace.require(
      room, at: above, for: purpose, subject: subject, hint: DiskSpace.chooseAnother)
  }

  /// Makes the folder, and removes what unfinished backups left.
  func make(for task: BackupTask) throws {
    try HostFiles.makeFolder(path)
    for name in try HostFiles.names(in: path) where name.hasPrefix(".") && isLeftover(name, task) {
      try HostFiles.remove("\(path)/\(name)")
    }
    try HostFiles.synchronize(HostFiles.parent(of: path))
  }

  private func isLeftover(_ name: String, _ task: BackupTask) -> Bool {
    let parts = name.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard let id = parts.first.flatMap({ Int($0) }), id != task.id else { return false }
    return parts.dropFirst() == ["qcow2", "new"] || parts.dropFirst() == ["json"]
  }

  /// Removes what is left of a backup that was not finished, and the folder where nothing else is in it.
  func drop(_ task: BackupTask) throws {
    guard HostFiles.facts(of: path) != nil else { return }
    let set = try read()
    if set?.backup(task.id) == nil, try readNotes(of: task) != nil {
      try HostFiles.remove(file(task.id))
    }
    try HostFiles.remove(unfinished(task.id))
    try HostFiles.remove(notes(task.id))
    if set == nil, try HostFiles.names(in: path).isEmpty { try HostFiles.remove(path) }
  }

  /// What is known of a backup whose file is complete and not sealed yet.
  struct Notes: Codable, Hashable, Sendable {
    /// Whose it is: the task's checkpoint, which is made at most.
    let token: String
    let taken: Timestamp
    let kind: Backup.Kind
    let virtualSize: ByteCount
    let consistency: Snapshot.Consistency
    let checkpoint: String?
    let reason: String?
  }

  /// Nil where there are none, or those of another task.
  func readNotes(of task: BackupTask) throws -> Notes? {
    let path = notes(task.id)
    guard HostFiles.facts(of: path) != nil else { return nil }
    let text = try HostFiles.text(of: path, limit: 1 << 16)
    let notes = try? JSONDecoder().decode(Notes.self, from: Data(text.utf8))  // cut off: not there
    return notes?.token == task.checkpoint ? notes : nil
  }

  func write(_ notes: Notes, of task: BackupTask) throws {
    let bytes = try JSONEncoder().encode(notes)
    try HostFiles.write(bytes, to: self.notes(task.id), mode: 0o600)
    try HostFiles.synchronize(path)
  }
}
