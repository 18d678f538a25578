extension DiskTree {
  /// One step towards a tree without layers that nothing needs.
  enum Tidying: Hashable, Sendable {
    case drop(Int)
    case pull(Int, into: Int)
    case commit(Int, into: Int)

    var change: DiskChange {
      switch self {
      case .drop(let layer): .dropped(layer)
      case .pull(let layer, let child): .pulled(layer, into: child)
      case .commit(let layer, let parent): .committed(layer, into: parent)
      }
    }
  }

  /// Whether it has layers that nothing needs, or lies where it was moved away from too.
  public var isUntidy: Bool { nextTidying(false) != nil || !left.isEmpty }

  /// The steps that take out every layer that no snapshot names, in order: those that nothing stands on are dropped, those
  /// that one layer stands on are merged with it. A layer that several stand on stays, for them.
  ///
  /// A merge pulls the lower layer up wherever that is possible, because the upper one then holds the whole truth at every
  /// moment, whatever is killed. While the machine runs, QEMU can pull into its active layer alone; between two layers below,
  /// neither of which the guest writes to, the upper is committed down.
  func tidying(whileRunning isRunning: Bool) -> [Tidying] {
    var tree = self
    var steps: [Tidying] = []
    while let step = tree.nextTidying(isRunning) {
      steps.append(step)
      let before = tree
      tree.apply(step.change, at: .zero)
      guard tree != before else { break }
    }
    return steps
  }

  private func nextTidying(_ isRunning: Bool) -> Tidying? {
    for layer in layers where layer != active && snapshot(on: layer) == nil {
      let children = children(of: layer)
      guard let child = children.first else { return .drop(layer) }
      guard children.count == 1 else { continue }
      let isBelowMachine = isRunning && child != active && chain(of: active).contains(child)
      return isBelowMachine ? .commit(child, into: layer) : .pull(layer, into: child)
    }
    return nil
  }
}
