import Covey

/// Puts what one step of a move has done into the whole of it. Pure.
struct MoveProgress {
  private let before: ByteCount
  private let part: ByteCount
  private let total: ByteCount

  /// - Returns: nil for a step that copies nothing.
  init?(_ step: GuestAction, of guest: Guest, _ usage: LayerUsage) {
    let parts = guest.disks.copiesInOrder
    guard let index = parts.firstIndex(where: { $0.isMade(by: step) }) else { return nil }
    let sizes = parts.map { part in
      switch part {
      case .layer(let layer): usage.layers[layer] ?? ByteCount(bytes: 0)
      case .memory(let memory): usage.memories[memory] ?? ByteCount(bytes: 0)
      }
    }
    part = sizes[index]
    before = sizes[..<index].reduce(ByteCount(bytes: 0), +)
    total = sizes.reduce(ByteCount(bytes: 0), +)
  }

  /// QEMU counts what it has to copy in its own way: the share counts.
  func whole(_ work: WorkDone) -> WorkDone {
    let share = Double(work.done.bytes) / Double(max(work.total.bytes, 1))
    let done = before + ByteCount(bytes: Int64(Double(part.bytes) * min(share, 1)))
    return WorkDone(done: done, total: max(done, total))
  }
}

extension DiskTree.Copy {
  fileprivate func isMade(by step: GuestAction) -> Bool {
    switch (self, step) {
    case (.layer(let layer), .copyLayer(let copied, _, _)),
      (.layer(let layer), .mirrorLayer(let copied, _, _)):
      layer == copied
    case (.memory(let memory), .copyMemory(let copied, _, _)): memory == copied
    default: false
    }
  }
}
