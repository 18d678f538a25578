extension Group {
  /// What a rollout wants done now, growth and shrinkage of the group included. Pure and level-triggered.
  ///
  /// Never more members than the desired size and the surge, in whatever state; a member that serves is retired only while
  /// more than `desired - unavailable` do. Members of the goal's version stay.
  func roll(_ rollout: Rollout, _ muster: Muster) -> [GroupStep] {
    let wanted = rollout.wanted(of: desired)
    let fresh = muster.rising.filter { $0.templateDigest == rollout.goal }
    let stale = muster.rising.filter { $0.templateDigest != rollout.goal }
    let room = surgeRoom(muster)

    let lack = desired - rollout.plan.unavailable - muster.rising.count - muster.held.count
    let back = takeBack(Swift.max(0, lack), muster) { _ in true }
    let taken = Set(back.map(\.guest))
    let (missingStale, missingFresh) = (
      desired - wanted - stale.count - muster.held.count - back.count, wanted - fresh.count
    )
    var steps = back
    if missingStale > 0 {
      steps += grow(
        by: missingStale, muster,
        Growth(version: version, room: room) {
          $0.templateDigest != rollout.goal && !taken.contains($0.name)
        })
    }
    if missingFresh > 0, !steps.contains(where: \.isArrival) {
      steps += grow(
        by: missingFresh, muster,
        Growth(version: rollout.goal, room: room) {
          $0.templateDigest == rollout.goal && !taken.contains($0.name)
        })
    }
    return steps + replaced(by: rollout, fresh, stale, muster)
  }

  /// How many members may come in beside those that are there, in whatever state, while an update is under way, held or
  /// not; nil where none is. Standbys take none of their room.
  func surgeRoom(_ muster: Muster) -> Int? {
    guard let rollout, rollout.isActive else { return nil }
    let there = muster.members.filter { !isWaiting($0, in: muster.inventory) }.count
    return Swift.max(0, desired + rollout.plan.surge - there)
  }

  /// The members that go: those of another version than the goal's, and what is over the desired size.
  private func replaced(
    by rollout: Rollout, _ fresh: [Guest], _ stale: [Guest], _ muster: Muster
  ) -> [GroupStep] {
    let (inventory, signs) = (muster.inventory, muster.signs)
    let wanted = rollout.wanted(of: desired)
    let available = muster.members.filter { isAvailable($0, by: signs, in: inventory) }
    var spare = Swift.max(0, available.count - (desired - rollout.plan.unavailable))
    var victims: [Guest] = []
    func choose(_ count: Int, of members: [Guest]) {
      let free = leaving(members.filter { inventory.operation(on: $0.name) == nil }, by: signs)
      let idle = free.filter { !isAvailable($0, by: signs, in: inventory) }.prefix(count)
      let serving = free.filter { isAvailable($0, by: signs, in: inventory) }
        .prefix(Swift.min(count - idle.count, spare))
      spare -= serving.count
      victims += idle + serving
    }
    choose(Swift.max(0, stale.count - (desired - wanted)), of: stale)
    let over = fresh.count + stale.count - victims.count - desired
    choose(Swift.max(0, Swift.min(fresh.count - wanted, over)), of: fresh)
    return victims.map(retirement)
  }
}
