/// The backups of one guest in one folder.
///
/// ```
/// 1 <- 2 <- 3     4 <- 5     full ones stand alone; each incremental one stands on the one before it
/// ```
public struct BackupSet: Hashable, Sendable {
  /// How many incremental backups may stand on a full one: each is looked through when one is read, and all are lost with
  /// the first.
  public static let incrementsAtMost = 30
  /// How many backups one folder may hold.
  public static let backupsAtMost = 4096

  /// Tells this folder's backups from all others, also when the folder was moved or copied.
  public let series: String
  public let guest: Name
  public let uuid: String
  /// What the next backup is called.
  public private(set) var next: Int
  /// Oldest first.
  public private(set) var backups: [Backup]

  public init(series: String, guest: Name, uuid: String) {
    self.init(series: series, guest: guest, uuid: uuid, next: 1, backups: [])
  }

  /// As it was described; `flaws` says what of it cannot be.
  public init(series: String, guest: Name, uuid: String, next: Int, backups: [Backup]) {
    self.series = series
    self.guest = guest
    self.uuid = uuid
    self.next = next
    self.backups = backups
  }

  public var last: Backup? { backups.last }

  public func backup(_ id: Int) -> Backup? { backups.first { $0.id == id } }

  /// A backup and those that it stands on, down to a full one; nil when one of them is missing.
  public func chain(of id: Int) -> [Backup]? {
    guard var link = backup(id) else { return nil }
    var chain = [link]
    while let parent = link.parent {
      guard parent < link.id, let below = backup(parent) else { return nil }
      chain.append(below)
      link = below
    }
    return chain
  }

  /// Adds the newest; one that is there already stays.
  public mutating func add(_ backup: Backup) {
    guard self.backup(backup.id) == nil else { return }
    backups.append(backup)
    next = max(next, backup.id + 1)
  }

  public mutating func remove(_ ids: Set<Int>) { backups.removeAll { ids.contains($0.id) } }

  /// The backups that nothing needs once only the newest are wanted: those that no newer one stands on.
  ///
  /// A file never changes once it is made. What an older backup holds stays therefore for as long as one that is kept
  /// stands on it, and goes with its whole chain.
  public func superfluous(keeping count: Int) -> [Backup] {
    let kept = backups.suffix(max(count, 0))
    let needed = Set(kept.flatMap { chain(of: $0.id) ?? [$0] }.map(\.id))
    return backups.filter { !needed.contains($0.id) }
  }

  /// What in a description cannot be true, as clauses; empty for every one that covey wrote.
  public var flaws: [String] {
    var flaws: [String] = []
    if series.isEmpty || !series.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
      flaws.append("the series has no name that covey gives")
    }
    if backups.count > Self.backupsAtMost { flaws.append("there are over \(Self.backupsAtMost)") }
    for (before, backup) in zip([nil] + backups.map(Optional.init), backups) {
      flaws += Self.flaws(of: backup, after: before, in: self)
    }
    if let last, next <= last.id { flaws.append("the next backup would be \(next), which is used") }
    return flaws
  }

  private static func flaws(of backup: Backup, after before: Backup?, in set: BackupSet)
    -> [String]
  {
    var flaws: [String] = []
    func check(_ isRight: Bool, _ what: String) {
      if !isRight { flaws.append("backup \(backup.id) \(what)") }
    }
    check(backup.id > before?.id ?? 0, "is out of order")
    check(
      (backup.kind == .full) == (backup.parent == nil),
      "is \(backup.kind.rawValue), which does not fit what it stands on")
    check(
      backup.parent == nil || set.chain(of: backup.id) != nil, "stands on one that is not there")
    check(
      backup.digest.utf8.count == 64 && backup.digest.allSatisfy { $0.isASCII && $0.isHexDigit },
      "has a digest that is none")
    check(
      backup.virtualSize.bytes > 0 && backup.virtualSize.bytes.isMultiple(of: 512)
        && backup.virtualSize <= Guest.largestDisk && backup.size.bytes > 0,
      "has a size that cannot be")
    check(
      backup.templateDigest.allSatisfy { $0.isASCII && $0.isHexDigit },
      "names a template by a digest that is none")
    return flaws
  }
}
