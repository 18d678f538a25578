/// What happened to a guest's disk. Folds into its `DiskTree`.
public enum DiskChange: Hashable, Sendable, Codable {
  /// The active layer became a snapshot, and the guest writes to a new one on top of it.
  case taken(Snapshot, turnedTo: Int)
  /// The guest's disk went back to a snapshot, on a new layer; `left` names the state that it had before, if that is kept.
  case restored(Name, onto: Int, left: Snapshot?)
  /// The snapshot is gone; its layer stays until it is tidied away.
  case forgotten(Name)
  /// A layer that nothing stood on was removed.
  case dropped(Int)
  /// A layer took in the one below it, which was removed.
  case pulled(Int, into: Int)
  /// A layer's content went into the one below it, which took its place.
  case committed(Int, into: Int)
  /// The layers lie in another folder; nil is beside the guest's other files.
  case moved(to: String?)
  /// Nothing of the disk lies any more in a folder that it was moved away from.
  case cleared(String?)
  case resized(to: ByteCount)
  /// The first layer took in what it read from the template.
  case flattened
  /// The first layer stands on another version of its template, and reads the same.
  case rebased(onto: String)
  /// A backup of the disk was made.
  case backedUp(BackupMark)
  /// The disk was made of a backup; how, as a clause.
  case broughtBack(String)

  /// As users read it in the list of events.
  public var words: String {
    switch self {
    case .taken(let snapshot, _):
      "snapshot \"\(snapshot.name)\" taken (\(snapshot.consistency.rawValue))"
    case .restored(let name, _, let left):
      "restored to snapshot \"\(name)\""
        + (left.map { "; the state before is \"\($0.name)\"" } ?? "")
    case .forgotten(let name): "snapshot \"\(name)\" deleted"
    case .dropped(let layer): "layer \(layer) of its disk removed"
    case .pulled(let layer, let child): "layer \(layer) of its disk merged into layer \(child)"
    case .committed(let layer, let parent): "layer \(layer) of its disk merged into layer \(parent)"
    case .moved(let folder): "its disk lies in \(folder ?? "its own folder") now"
    case .cleared(let folder): "nothing of its disk lies in \(folder ?? "its own folder") any more"
    case .flattened: "its disk holds all by itself"
    case .rebased(let digest): "its disk stands on version \(digest.prefix(12)) of its template"
    case .resized(let size): "its disk has \(size) now"
    case .backedUp(let mark): "backup \(mark.backup) made"
    case .broughtBack(let words): words
    }
  }
}
