import Covey

extension StepRunner {
  /// Steps on the layers of a disk. What was done is recorded with the step, so that a step that is repeated finds it done.
  func performOnLayers(_ step: GuestAction, of guest: Guest, report: @escaping Report) async throws
  {
    let (tree, layers) = (guest.disks, ports.layers)
    if step.goesByTheRecord(of: guest) { try await layers.requireRecorded(guest) }
    switch step {
    case .addLayer(let layer, let parent):
      guard !tree.layers.contains(layer) else { return }
      try await layers.add(layer, on: parent, of: guest)
    case .dropLayer(let layer):
      guard tree.active != layer, tree.children(of: layer).isEmpty else { return }
      try await layers.drop(layer, of: guest)
      try await record(.dropped(layer), of: guest)
    case .takeSnapshot(var snapshot, let layer):
      guard tree.active != layer else { return }
      snapshot.consistency = try await layers.turn(guest, to: layer, as: snapshot)
      try await record(.taken(snapshot, turnedTo: layer), of: guest)
    case .pullLayer(let layer, let child):
      guard tree.layers.contains(layer) else { return }
      try await layers.pull(layer, into: child, of: guest, report: report)
      try await record(.pulled(layer, into: child), of: guest)
    case .commitLayer(let layer, let parent):
      guard tree.layers.contains(layer) else { return }
      try await layers.commit(layer, into: parent, of: guest, report: report)
      try await record(.committed(layer, into: parent), of: guest)
    case .dropMemory(let memory): try await layers.dropMemory(memory, of: guest)
    case .copyFirmwareState(let state, let copy):
      // Once the layer is there, the guest may have changed either.
      guard !tree.layers.contains(copy) else { return }
      try await layers.copyFirmwareState(state, to: copy, of: guest)
    case .dropFirmwareState(let state):
      guard tree.firmwareState != state else { return }
      try await layers.dropFirmwareState(state, of: guest)
    case .note(let change): try await record(change, of: guest)
    default: try await performOnPlace(step, of: guest, report: report)
    }
  }

  /// Steps that bring the layers to another place, or change their size.
  private func performOnPlace(_ step: GuestAction, of guest: Guest, report: @escaping Report)
    async throws
  {
    let layers = ports.layers
    let move = await MoveProgress(step, of: guest, layers.usage(of: guest))
    let report: Report = { report(move?.whole($0) ?? $0) }
    switch step {
    case .claimFolder(let folder, _): try await layers.claim(folder, for: guest)
    case .copyLayer(let layer, let folder, let rate):
      try await layers.copy(layer, of: guest, to: folder, rate: rate, report: report)
    case .copyMemory(let memory, let folder, let rate):
      try await layers.copyMemory(memory, of: guest, to: folder, rate: rate, report: report)
    case .mirrorLayer(let layer, let folder, let rate):
      try await layers.mirror(layer, of: guest, to: folder, rate: rate, report: report)
    case .stopMirror: try await layers.stopMirror(of: guest)
    case .pivot(let folder):
      guard guest.disks.folder != folder else { return }
      try await layers.pivot(guest, to: folder)
      try await record(.moved(to: folder), of: guest)
    case .clearFolder(let folder, let next):
      guard guest.disks.folder != folder else { return }
      try await clear(folder, below: next, of: guest)
    case .flattenLayer(let layer):
      guard !guest.disks.isFlat else { return }
      try await layers.flatten(layer, of: guest, report: report)
      try await record(.flattened, of: guest)
    case .rebaseLayer(let layer, let digest):
      guard guest.templateDigest != digest else { return }
      try await layers.rebase(layer, of: guest, onto: digest)
      try await record(.rebased(onto: digest), of: guest)
    case .resizeDisk(let size):
      // A memory of changes that QEMU had no time to store would have it refuse.
      try await ports.backups.forgetCheckpoints(of: guest, besides: [])
      try await layers.resize(guest, to: size)
      try await record(.resized(to: size), of: guest)
    default: return
    }
  }

  /// Where the guest's disk lay before its move it is not needed any more: the move is done, and covey tries again later.
  private func clear(_ folder: String?, below next: Int, of guest: Guest) async throws {
    let wasLeft = guest.disks.left.contains(folder)
    do {
      try await ports.layers.clear(folder, of: guest, below: next)
    } catch let problem as Problem {
      let operation = await ledger.inventory.operation(on: guest.name)
      guard wasLeft, operation?.status == .running, operation?.moves == true else { throw problem }
      return try await yield(
        OperationResult(remark: "what it left is not removed yet: \(problem.message)"), on: guest)
    }
    if wasLeft { try await record(.cleared(folder), of: guest) }
  }

  private func record(_ change: DiskChange, of guest: Guest) async throws {
    try await ledger.record([.diskChanged(guest.name, change)])
  }
}

extension GuestAction {
  /// Whether a step on the layers would lose what the guest wrote, had its machine turned elsewhere by a move that was never
  /// recorded. A move finishes that one, and what a plan had made itself is taken back.
  fileprivate func goesByTheRecord(of guest: Guest) -> Bool {
    switch self {
    case .claimFolder, .copyLayer, .copyMemory, .mirrorLayer, .stopMirror, .pivot, .clearFolder:
      false
    case .dropLayer(let layer): guest.disks.layers.contains(layer)
    default: true
    }
  }
}
