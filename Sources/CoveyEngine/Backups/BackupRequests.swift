import Covey

/// The entrance for what users ask of backups: reads what a folder holds before a rule decides.
public struct BackupRequests: Sendable {
  private let ledger: Ledger
  private let ports: Ports
  private let guests: GuestRequests
  private let identifiers: any Identifiers

  public init(
    ledger: Ledger, ports: Ports, guests: GuestRequests, identifiers: any Identifiers
  ) {
    self.ledger = ledger
    self.ports = ports
    self.guests = guests
    self.identifiers = identifiers
  }

  /// One folder's backups.
  public struct Shelf: Sendable {
    public let folder: String
    public let set: BackupSet
  }

  /// - `folder`: where a folder for the guest is, or will be.
  public func create(
    _ name: Name, in folder: FolderPath, isFull: Bool, note: String?, rate: ByteCount?
  ) async throws -> Ledger.Outcome {
    let inventory = await ledger.inventory
    let guest = try requiring { () throws(Refusal) in try inventory.requireGuest(name) }
    let own = folder.appending(name)
    let set = try await ports.backups.set(in: own)
    let token = identifiers.uuid().filter { $0 != "-" }
    let request = try requiring { () throws(Refusal) in
      try BackupRequest(
        folder: own, set: set, newSeries: token,
        checkpoint: Guest.checkpointPrefix + token.suffix(12), isFull: isFull, note: note,
        rate: rate)
    }
    switch guest.decide(.backup(request), in: inventory) {
    case .refuse(let refusal): throw refusal.problem
    case .proceed(let plan):
      for case .prepareBackup(let task) in plan.steps {
        try await ports.backups.survey(task, of: guest)
      }
    case .ignore: break
    }
    return try await ledger.request(.backup(request), on: name)
  }

  /// The backups in a folder, or in the folders directly below it.
  ///
  /// - Throws: `Problem` with `.notFound` where there are none.
  public func list(_ folder: FolderPath) async throws -> [Shelf] {
    if let set = try await ports.backups.set(in: folder.text) {
      return [Shelf(folder: folder.text, set: set)]
    }
    var shelves: [Shelf] = []
    for below in try await ports.backups.folders(below: folder.text) {
      guard let set = try await ports.backups.set(in: below) else { continue }
      shelves.append(Shelf(folder: below, set: set))
    }
    return shelves
  }

  /// - `id`: nil is the newest.
  public func restore(_ folder: FolderPath, _ id: Int?, as name: Name, starts: Bool) async throws
    -> Ledger.Outcome
  {
    let set = try await require(folder)
    let backup = try requiring { () throws(Refusal) in try set.requireBackup(id, in: folder.text) }
    return try await guests.launch(
      LaunchRequest(restoring: backup, in: folder.text, as: name, starts: starts))
  }

  /// Removes what is superfluous once only the newest are wanted.
  ///
  /// - Returns: what was, or with `isDryRun` would be, removed, and what stays.
  public func prune(_ folder: FolderPath, keeping count: Int, isDryRun: Bool) async throws
    -> (removed: [Backup], kept: [Backup])
  {
    guard count >= 1 else {
      throw Refusal.outOfRange(field: "keep", value: "\(count)", allowed: "1 or more").problem
    }
    let set = try await require(folder)
    let busy = await ledger.inventory.operations.values.first { operation in
      guard !operation.status.isOver else { return false }
      let isRead = operation.steps.contains { step in
        guard case .restoreDisk(let source) = step else { return false }
        return source.folder == folder.text
      }
      return isRead || operation.backup?.folder == folder.text
    }
    if let busy { throw Refusal.backupUnderWay(folder.text, operation: busy.id).problem }
    let removed = set.superfluous(keeping: count)
    if !isDryRun { try await ports.backups.remove(Set(removed.map(\.id)), in: folder.text) }
    let gone = Set(removed.map(\.id))
    return (removed, set.backups.filter { !gone.contains($0.id) })
  }

  /// - Throws: `Problem` with `.notFound`.
  public func require(_ folder: FolderPath) async throws -> BackupSet {
    guard let set = try await ports.backups.set(in: folder.text) else {
      throw Refusal.noBackups(folder.text).problem
    }
    return set
  }
}

extension BackupSet {
  /// - `id`: nil is the newest.
  /// - Throws: `Refusal.noSuchBackup`.
  public func requireBackup(_ id: Int?, in folder: String) throws(Refusal) -> Backup {
    if let found = id.map(backup) ?? last { return found }
    throw .noSuchBackup(id ?? 0, folder: folder, there: backups.map(\.id))
  }
}
