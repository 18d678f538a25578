import Covey
import CoveyEngine
import CoveyWire

extension SnapshotListView {
  init(of guest: Guest, usage: LayerUsage, revision: Int) {
    let tree = guest.disks
    let named = Set(tree.snapshots.map(\.layer))
    let shared = tree.layers.filter { $0 != tree.active && !named.contains($0) }
    self.init(
      revision: revision,
      items: tree.snapshotsInOrder.map { SnapshotView($0, of: guest, usage: usage) },
      unsaved: usage.layers[tree.active]?.bytes ?? 0,
      shared: shared.reduce(0) { $0 + (usage.layers[$1]?.bytes ?? 0) })
  }
}

extension SnapshotView {
  init(_ snapshot: Snapshot, of guest: Guest, usage: LayerUsage) {
    self.init(
      name: snapshot.name.text, guest: guest.name.text,
      parent: guest.disks.origin(of: snapshot)?.name.text, created: snapshot.created.text,
      consistency: snapshot.consistency.rawValue, note: snapshot.note,
      size: usage.layers[snapshot.layer]?.bytes ?? 0,
      memory: snapshot.memory.flatMap { usage.memories[$0]?.bytes },
      current: guest.disks.current == snapshot)
  }
}
