extension Guest {
  /// A guest that runs is exported from a snapshot that is taken for it, and given up afterwards.
  func exportPlan(to path: String) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "export")
      guard state.hasMachine else {
        return .proceed(
          Plan(
            [.exportGuest(disks.active, to: path, snapshot: nil)], ending: .unchanged,
            undoesOnFailure: true))
      }
      try requireRoom(onTopOf: disks.active)
      let (layer, active) = (disks.next, disks.active)
      let snapshot = Snapshot(
        name: try disks.name(nil, orNext: "export"), layer: active, note: "for \(path)")
      var tree = disks
      tree.apply(.taken(snapshot, turnedTo: layer), at: .zero)
      tree.apply(.forgotten(snapshot.name), at: .zero)
      return .proceed(
        Plan(
          [
            .addLayer(layer, on: active), .takeSnapshot(snapshot, turningTo: layer),
            .exportGuest(active, to: path, snapshot: snapshot.name),
            .note(.forgotten(snapshot.name)),
          ] + Self.steps(tree.tidying(whileRunning: true)) + [.define], ending: .unchanged,
          undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  /// The disk of a guest that runs is written to: a snapshot of it is not.
  func sealPlan(as template: Name, _ taken: Name?) -> Decision<Plan> {
    do throws(Refusal) {
      let layer = try taken.map { name throws(Refusal) in try requireSnapshot(name).layer }
      guard let layer = layer ?? (state.hasMachine ? nil : disks.active), state != .unknown else {
        throw .guestState(
          name, state, verb: "be sealed as a template",
          hint: "stop it first: covey stop \(name); or seal a snapshot of it: --snapshot NAME")
      }
      return .proceed(
        Plan([.sealTemplate(template, layer: layer)], ending: .unchanged, undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  func tidyPlan() -> Decision<Plan> {
    let steps = Self.steps(disks.tidying(whileRunning: state.hasMachine))
    guard !steps.isEmpty else { return .ignore("every layer of its disk is needed") }
    return .proceed(Plan(steps + [.define], ending: .unchanged))
  }
}
