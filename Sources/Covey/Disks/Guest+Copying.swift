extension Guest {
  /// A guest that runs is exported from a snapshot that is taken for it, and given up afterwards.
  func exportPlan(to path: String) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "export")
      guard state.mayHaveMachine else {
        return .proceed(
          Plan(
            [
              .exportGuest(disks.active, to: path, snapshot: nil), .publishExport(to: path),
            ], ending: .unchanged, undoesOnFailure: true))
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
            .exportGuest(active, to: path, snapshot: snapshot.name), .publishExport(to: path),
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
      guard let layer = layer ?? (state.mayHaveMachine ? nil : disks.active), state != .unknown
      else {
        throw .guestState(
          name, state, verb: "be sealed as a template",
          hint: wayToStop
            + (disk == .persistent ? "; or seal a snapshot of it: --snapshot NAME" : ""))
      }
      return .proceed(
        Plan([.sealTemplate(template, layer: layer)], ending: .unchanged, undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  /// While the machine runs, QEMU can pull into the layer that it writes to alone.
  func flattenPlan() -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "flatten")
      guard !disks.isFlat else { return .ignore("the disk of guest \(name) is flat already") }
      guard !state.mayHaveMachine || disks.root == disks.active else {
        throw .guestState(
          name, state, verb: "be flattened while it has snapshots",
          hint: wayToStop)
      }
      return .proceed(Plan([.flattenLayer(disks.root), .define], ending: .unchanged))
    } catch {
      return .refuse(error)
    }
  }

  /// What the guest reads stays the same; its kernel, where the template has one, is the other version's from its next start.
  func rebasePlan(onto digest: String?, in inventory: Inventory) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "rebase")
      let target = try inventory.requireVersion(digest, of: template)
      guard target.digest != templateDigest else {
        return .ignore("guest \(name) stands on version \(target.shortDigest) already")
      }
      guard !state.mayHaveMachine else {
        throw .guestState(
          name, state, verb: "be rebased", hint: wayToStop)
      }
      let steps: [GuestAction] =
        disks.isFlat
        ? [.note(.rebased(onto: target.digest))]
        : [.rebaseLayer(disks.root, onto: target.digest)]
      return .proceed(Plan(steps + [.define], ending: .unchanged))
    } catch {
      return .refuse(error)
    }
  }

  func tidyPlan() -> Decision<Plan> {
    let steps = Self.steps(disks.tidying(whileRunning: state.mayHaveMachine))
    let clearing = disks.left.map { GuestAction.clearFolder($0, below: disks.next) }
    guard disks.isUntidy else { return .ignore("every layer of its disk is needed") }
    return .proceed(Plan((steps.isEmpty ? [] : steps + [.define]) + clearing, ending: .unchanged))
  }
}
