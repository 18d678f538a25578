/// Where in the life of a disk the latest backup of a series was made: what an incremental one would go on from.
///
/// It is kept with the disk's tree and follows what happens to it. Whatever is not known to leave the remembered changes
/// right is a flaw, for good: the next backup of the series is then full.
public struct BackupMark: Hashable, Sendable, Codable {
  /// Of how many series a disk remembers the latest; the oldest is given up first.
  public static let kept = 8

  public let series: String
  public let backup: Int
  /// What libvirt remembers the changes since then by; nil where the machine was off.
  public let checkpoint: String?
  /// The layer that was active then, or what it was merged into: every layer from the active one down to it remembers changes.
  public internal(set) var layer: Int
  /// Why an incremental backup cannot go on from it, as a clause.
  public internal(set) var flaw: String?

  public init(
    series: String, backup: Int, checkpoint: String?, layer: Int, flaw: String? = nil
  ) {
    self.series = series
    self.backup = backup
    self.checkpoint = checkpoint
    self.layer = layer
    self.flaw = flaw ?? (checkpoint == nil ? "the guest was off at backup \(backup)" : nil)
  }

  /// Follows a change of the disk.
  mutating func follow(_ change: DiskChange) {
    switch change {
    case .restored(let snapshot, _, _):
      flaw = flaw ?? "the disk went back to snapshot \"\(snapshot)\" since backup \(backup)"
    case .resized: flaw = flaw ?? "the disk was resized since backup \(backup)"
    // Nobody has seen yet what these leave of QEMU's memory of changes.
    case .flattened, .rebased:
      flaw = flaw ?? "the disk was put on other files since backup \(backup)"
    case .broughtBack(let words): flaw = flaw ?? "the disk was \(words)"
    case .pulled(layer, let child): layer = child
    case .committed(layer, let parent): layer = parent
    case .taken, .forgotten, .dropped, .pulled, .committed, .moved, .cleared, .backedUp:
      break
    }
  }
}
