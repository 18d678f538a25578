/// A wish for a backup, with what its folder holds already.
public struct BackupRequest: Hashable, Sendable {
  /// Absolute path of the guest's own folder of backups.
  public let folder: String
  /// What is in it; nil when nothing was ever backed up there.
  public let set: BackupSet?
  /// The series' name for a folder without one.
  public let newSeries: String
  /// A name that no checkpoint ever had.
  public let checkpoint: String
  public let isFull: Bool
  public let note: String?
  public let rate: ByteCount?

  /// - Throws: `Refusal.outOfRange` for a note or a rate that cannot be.
  public init(
    folder: String, set: BackupSet?, newSeries: String, checkpoint: String, isFull: Bool = false,
    note: String? = nil, rate: ByteCount? = nil
  ) throws(Refusal) {
    if let note { _ = try Note(note) }
    if let rate, rate < MoveRequest.slowestRate {
      throw .outOfRange(
        field: "rate", value: "\(rate)/s", allowed: "\(MoveRequest.slowestRate)/s or more")
    }
    self.folder = folder
    self.set = set
    self.newSeries = newSeries
    self.checkpoint = checkpoint
    self.isFull = isFull
    self.note = note
    self.rate = rate
  }
}

extension Guest {
  /// What every checkpoint of covey's own begins with.
  public static let checkpointPrefix = "covey-"

  /// Nothing of the guest changes. Until the file is sealed all of it can be taken back.
  func decide(_ request: BackupRequest) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "backup")
      let task = try task(for: request)
      return .proceed(
        Plan(
          [.prepareBackup(task), .copyBackup(task), .sealBackup(task), .tidyCheckpoints],
          ending: .unchanged, undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  private func task(for request: BackupRequest) throws(Refusal) -> BackupTask {
    let set = request.set ?? BackupSet(series: request.newSeries, guest: name, uuid: uuid)
    guard set.uuid == uuid else {
      throw .backupsOfAnother(request.folder, guest: set.guest, uuid: set.uuid)
    }
    guard set.backups.count < BackupSet.backupsAtMost else {
      throw .tooManyBackups(request.folder, atMost: BackupSet.backupsAtMost)
    }
    var (parent, reason): (BackupTask.Parent?, String?) = (nil, nil)
    if !request.isFull, let last = set.last {
      let depth = set.chain(of: last.id)?.count ?? 0
      if depth > BackupSet.incrementsAtMost {
        reason = "\(BackupSet.incrementsAtMost) incremental backups stand on one another already"
      } else if depth == 0 {
        reason = "a backup is missing that backup \(last.id) stands on"
      } else if last.templateDigest != templateDigest {
        reason = "the guest stands on another template since backup \(last.id)"
      } else {
        parent = self.parent(last, of: set.series)
      }
    }
    return BackupTask(
      folder: request.folder, series: set.series, id: set.next, checkpoint: request.checkpoint,
      parent: parent, reason: reason, note: request.note, rate: request.rate)
  }

  /// A machine that runs goes on from a mark alone that is of this very backup.
  private func parent(_ last: Backup, of series: String) -> BackupTask.Parent {
    func parent(_ mark: BackupMark?, _ flaw: String?) -> BackupTask.Parent {
      BackupTask.Parent(
        id: last.id, size: last.size, virtualSize: last.virtualSize, mark: mark, flaw: flaw)
    }
    guard let checkpoint = last.checkpoint else {
      return parent(nil, "the guest was off at backup \(last.id)")
    }
    guard let mark = disks.mark(of: series) else {
      return parent(
        nil, "this covey does not know since when backup \(last.id) is of the guest's disk")
    }
    guard mark.backup == last.id, mark.checkpoint == checkpoint else {
      return parent(nil, "the latest backup of the series is \(mark.backup), in another folder")
    }
    if let flaw = mark.flaw { return parent(nil, flaw) }
    guard disks.chain(of: disks.active).contains(mark.layer) else {
      return parent(nil, "the disk has other layers than at backup \(last.id)")
    }
    return parent(mark, nil)
  }
}

extension DiskTree {
  public func mark(of series: String) -> BackupMark? { marks.first { $0.series == series } }

  /// The checkpoints that later backups go on from.
  public var checkpoints: Set<String> {
    Set(marks.filter { $0.flaw == nil }.compactMap(\.checkpoint))
  }
}
