/// The files that make up a guest's disk: layers that stand on one another, and the snapshots that name states of it.
///
/// ```
/// template <- 0 <- 1 <- 3    the guest writes to 3, the active layer
///             |     \-- 2    a state that was left
///             "base" names 0
/// ```
///
/// A layer holds what changed since the one below; only the active one is ever written. Layers that nothing needs any more
/// are taken out by `tidying`.
public struct DiskTree: Hashable, Sendable, Codable {
  /// How many snapshots a guest may have.
  public static let snapshotsAtMost = 128
  /// How many layers may stand on one another: QEMU looks for each block through all of them.
  public static let depthAtMost = 64

  /// The layer below each layer; nil stands on the template.
  public private(set) var parents: [Int: Int?]
  public private(set) var active: Int
  /// In the order in which they were taken.
  public private(set) var snapshots: [Snapshot]
  /// The number that the next layer gets; none is used twice.
  public private(set) var next: Int
  /// Absolute path of the folder that holds the layers; nil while they lie with the guest's other files.
  public private(set) var folder: String?
  /// Nil in trees from before it was kept.
  private var leftFolders: [String?]?
  /// Folders that the layers were moved away from and that may still hold them; nil is the one beside the guest's other files.
  public var left: [String?] { leftFolders ?? [] }
  /// Nil in trees from before disks could be flat.
  private var flat: Bool?
  /// Whether the first layer holds all by itself, and nothing of the template's image.
  public var isFlat: Bool { flat == true }
  /// Nil until the guest went back to a snapshot that has one.
  private var restoredState: Int?
  /// Number of the file in which UEFI firmware remembers, where the guest has one. It goes with a line of layers: the guest
  /// goes on with a copy of its own where it went back to a snapshot.
  public var firmwareState: Int { restoredState ?? 0 }
  /// Nil in records from before there were backups.
  private var backupMarks: [BackupMark]?
  /// Where the latest backup of each series was made; oldest first.
  public var marks: [BackupMark] { backupMarks ?? [] }

  /// A new disk: one layer on the template.
  public init() {
    parents = [0: nil]
    active = 0
    snapshots = []
    next = 1
    folder = nil
  }

  public var layers: [Int] { parents.keys.sorted() }

  /// A layer and those below it, down to the one that stands on the template.
  public func chain(of layer: Int) -> [Int] {
    var chain = [layer]
    while let below = parents[chain[chain.count - 1]] ?? nil, !chain.contains(below) {
      chain.append(below)
    }
    return chain
  }

  /// Layers that stand directly on this one.
  public func children(of layer: Int) -> [Int] {
    parents.filter { $0.value == layer }.keys.sorted()
  }

  public func snapshot(_ name: Name) -> Snapshot? { snapshots.first { $0.name == name } }

  /// The layer that stands on the template.
  public var root: Int { chain(of: active).last ?? active }

  /// Layers, each after the one that it stands on.
  public var layersInOrder: [Int] {
    layers.sorted { (chain(of: $0).count, $0) < (chain(of: $1).count, $1) }
  }

  /// What a move copies.
  public enum Copy: Hashable, Sendable {
    case layer(Int)
    case memory(Int)
  }

  /// What a move copies, in its order: what nobody writes to first, each layer after the one that it stands on, and the active
  /// one last.
  public var copiesInOrder: [Copy] {
    layersInOrder.filter { $0 != active }.map(Copy.layer)
      + snapshots.compactMap(\.memory).map(Copy.memory) + [.layer(active)]
  }

  /// Snapshots, each after the one that it went on from.
  public var snapshotsInOrder: [Snapshot] {
    func below(_ parent: Snapshot?) -> [Snapshot] {
      snapshots.filter { origin(of: $0) == parent }.flatMap { [$0] + below($0) }
    }
    return below(nil)
  }

  func snapshot(on layer: Int) -> Snapshot? { snapshots.first { $0.layer == layer } }

  /// The nearest snapshot below a layer, the layer itself not counted.
  func snapshot(below layer: Int) -> Snapshot? {
    chain(of: layer).dropFirst().lazy.compactMap(snapshot(on:)).first
  }

  /// The snapshot that a snapshot's state went on from; nil for one that went on from the template.
  public func origin(of snapshot: Snapshot) -> Snapshot? { self.snapshot(below: snapshot.layer) }

  /// The snapshot that the guest's present state went on from.
  public var current: Snapshot? { snapshot(below: active) }
}

extension DiskTree {
  /// Folds what happened into the tree. Pure; what does not fit the tree changes nothing.
  public mutating func apply(_ change: DiskChange, at now: Timestamp) {
    backupMarks = backupMarks?.map { mark in
      var mark = mark
      mark.follow(change)
      return mark
    }
    switch change {
    case .taken(let snapshot, let layer): take(snapshot, turningTo: layer, at: now)
    case .restored(let name, let layer, let left):
      restore(name, onto: layer, leaving: left, at: now)
    case .forgotten(let name): snapshots.removeAll { $0.name == name }
    case .dropped(let layer):
      guard layer != active, children(of: layer).isEmpty else { return }
      parents[layer] = nil
    case .pulled(let layer, let child): pull(layer, into: child)
    case .committed(let layer, let parent): commit(layer, into: parent)
    case .moved(let folder): move(to: folder)
    case .cleared(let folder): leftFolders = left.filter { $0 != folder }
    case .backedUp(let mark):
      backupMarks = Array(
        (marks.filter { $0.series != mark.series } + [mark]).suffix(BackupMark.kept))
    case .flattened: flat = true
    case .resized, .rebased, .broughtBack: break
    }
  }

  /// Forgets where backups were made: what the record tells may be older than the disk.
  mutating func forgetMarks() { backupMarks = nil }

  private mutating func move(to folder: String?) {
    guard folder != self.folder else { return }
    leftFolders = left.filter { $0 != folder && $0 != self.folder } + [self.folder]
    self.folder = folder
  }

  private mutating func take(_ snapshot: Snapshot, turningTo layer: Int, at now: Timestamp) {
    guard snapshot.layer == active, parents[layer] == nil else { return }
    var snapshot = snapshot
    snapshot.created = now
    snapshots.append(snapshot)
    grow(layer, on: active)
  }

  private mutating func restore(
    _ name: Name, onto layer: Int, leaving left: Snapshot?, at now: Timestamp
  ) {
    guard let snapshot = snapshot(name), parents[layer] == nil else { return }
    if snapshot.firmwareState != nil { restoredState = layer }
    if var left {
      left.created = now
      snapshots.append(left)
    }
    grow(layer, on: snapshot.layer)
  }

  private mutating func grow(_ layer: Int, on parent: Int) {
    parents[layer] = .some(parent)
    active = layer
    next = max(next, layer + 1)
  }

  /// The child takes in what its parent holds, and stands where that stood.
  private mutating func pull(_ layer: Int, into child: Int) {
    guard parents[child] == layer, children(of: layer) == [child], snapshot(on: layer) == nil
    else { return }
    parents[child] = .some(parents[layer] ?? nil)
    parents[layer] = nil
  }

  /// The parent takes in what the child holds, and is the child from then on.
  private mutating func commit(_ layer: Int, into parent: Int) {
    guard parents[layer] == parent, children(of: parent) == [layer], snapshot(on: parent) == nil
    else { return }
    for child in children(of: layer) { parents[child] = .some(parent) }
    for index in snapshots.indices where snapshots[index].layer == layer {
      snapshots[index].layer = parent
    }
    if active == layer { active = parent }
    parents[layer] = nil
  }
}
