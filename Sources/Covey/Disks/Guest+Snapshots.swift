extension Guest {
  /// Order of checks: the disk, the state, the name, the limits.
  func decide(_ request: SnapshotRequest) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "snapshot")
      if request.savesMemory, ![.running, .serving].contains(state) {
        throw .memoryOfStopped(name)
      }
      if let taken = request.name, disks.snapshot(taken) != nil {
        throw .snapshotExists(taken, of: name)
      }
      try requireRoom(onTopOf: disks.active)
      let layer = disks.next
      let snapshot = Snapshot(
        name: try disks.name(request.name, orNext: "snap"), layer: disks.active, note: request.note,
        memory: request.savesMemory ? layer : nil,
        version: request.savesMemory ? templateDigest : nil,
        firmwareState: firmwareState.map { _ in layer })
      return .proceed(
        Plan(
          [.addLayer(layer, on: disks.active)]
            + Self.copy(firmwareState, to: layer)
            + [.takeSnapshot(snapshot, turningTo: layer), .define],
          ending: .unchanged, undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  /// A guest that runs is stopped, and runs again afterwards. Until its disk has gone back nothing is lost by a failure.
  func decide(_ request: RestoreRequest) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "restore")
      if let group, state.hasMachine {
        throw .memberOfGroup(name, group: group, disk: disk, verb: "restore")
      }
      let snapshot = try requireSnapshot(request.snapshot)
      try requireRoom(onTopOf: snapshot.layer)
      let layer = disks.next
      let left =
        request.discards
        ? nil
        : Snapshot(
          name: try disks.name(nil, orNext: "left"), layer: disks.active,
          note: "what the guest had when \"\(snapshot.name)\" was restored",
          firmwareState: firmwareState)
      let change = DiskChange.restored(snapshot.name, onto: layer, left: left)
      var tree = disks
      tree.apply(change, at: .zero)
      let down = state.mayHaveMachine ? ending(request.stopWithin, false) : [.destroy]
      let up = state.hasMachine || request.starts ? [.requireDisk] + start(from: snapshot) : []
      return .proceed(
        Plan(
          [.addLayer(layer, on: snapshot.layer)]
            + Self.copy(snapshot.firmwareState, to: layer) + down + [.note(change)]
            + (request.discards ? Self.drop(firmwareState) : [])
            + Self.steps(tree.tidying(whileRunning: false)) + [.define] + up,
          ending: .becomes(up.isEmpty ? .stopped : awake), undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  func deleteSnapshotPlan(_ taken: Name) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "snapshot")
      let snapshot = try requireSnapshot(taken)
      var tree = disks
      tree.apply(.forgotten(taken), at: .zero)
      let memory = snapshot.memory.map { [GuestAction.dropMemory($0)] } ?? []
      return .proceed(
        Plan(
          // What goes with the snapshot goes first: nobody would remember it afterwards.
          memory + Self.drop(snapshot.firmwareState) + [.note(.forgotten(taken))]
            + Self.steps(tree.tidying(whileRunning: state.mayHaveMachine)) + [.define],
          ending: .unchanged))
    } catch {
      return .refuse(error)
    }
  }

  private func start(from snapshot: Snapshot) -> [GuestAction] {
    guard let memory = snapshot.memory else { return rising }
    return [.resumeMemory(memory)] + Self.arriving(health.within, inGroup: group != nil)
  }

  /// Number of the file in which its UEFI firmware remembers; nil where it has none.
  private var firmwareState: Int? { firmware == .uefi ? disks.firmwareState : nil }

  private static func copy(_ firmwareState: Int?, to copy: Int) -> [GuestAction] {
    firmwareState.map { [.copyFirmwareState($0, to: copy)] } ?? []
  }

  private static func drop(_ firmwareState: Int?) -> [GuestAction] {
    firmwareState.map { [.dropFirmwareState($0)] } ?? []
  }

  static func steps(_ tidying: [DiskTree.Tidying]) -> [GuestAction] {
    tidying.map { step in
      switch step {
      case .drop(let layer): .dropLayer(layer)
      case .pull(let layer, let child): .pullLayer(layer, into: child)
      case .commit(let layer, let parent): .commitLayer(layer, into: parent)
      }
    }
  }

  /// - Throws: `Refusal.ephemeralDisk`, `.guestState` while nobody knows whether its machine runs.
  func requireLayers(for verb: String) throws(Refusal) {
    guard disk == .persistent else { throw .ephemeralDisk(name, verb: verb) }
    guard state != .unknown else {
      throw .guestState(name, state, verb: verb, hint: "see: covey info \(name)")
    }
  }

  /// - Throws: `Refusal.noSuchSnapshot`, with the nearest name.
  public func requireSnapshot(_ taken: Name) throws(Refusal) -> Snapshot {
    if let snapshot = disks.snapshot(taken) { return snapshot }
    let word = nearest(to: taken.text, among: disks.snapshots.map(\.name.text))
    let near = disks.snapshots.first { $0.name.text == word }?.name
    throw .noSuchSnapshot(taken, of: name, nearest: near)
  }

  func requireRoom(onTopOf layer: Int) throws(Refusal) {
    guard disks.snapshots.count < DiskTree.snapshotsAtMost else {
      throw .tooManySnapshots(name, atMost: DiskTree.snapshotsAtMost)
    }
    guard disks.chain(of: layer).count < DiskTree.depthAtMost else {
      throw .tooDeep(name, atMost: DiskTree.depthAtMost)
    }
  }
}

extension DiskTree {
  /// The name that was asked for, else the first of `PREFIX-1`, `PREFIX-2`, ... that no snapshot has.
  func name(_ asked: Name?, orNext prefix: String) throws(Refusal) -> Name {
    if let asked { return asked }
    var number = 1
    while snapshots.contains(where: { $0.name.text == "\(prefix)-\(number)" }) { number += 1 }
    return try Name("\(prefix)-\(number)")
  }
}
