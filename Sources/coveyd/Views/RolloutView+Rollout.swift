import Covey
import CoveyWire

extension RolloutView {
  init(_ rollout: Rollout, of group: Group, in inventory: Inventory) {
    let members = inventory.members(of: group.name).filter { $0.state != .standby }
    let fresh = members.filter { $0.templateDigest == rollout.goal }
    self.init(
      from: rollout.from, to: rollout.to, phase: rollout.phase.rawValue, paused: rollout.isPaused,
      reason: rollout.reason, surge: rollout.plan.surge, unavailable: rollout.plan.unavailable,
      canary: rollout.plan.canary, bake: rollout.plan.bake.text, rollback: rollout.plan.rollsBack,
      replaced: fresh.filter { $0.state == .serving }.count, left: members.count - fresh.count,
      began: rollout.began.text, since: rollout.since.text)
  }
}

extension RolloutPlan {
  /// - Throws: `Refusal.outOfRange`, `.malformedDuration`.
  init(_ body: UpdateBody) throws {
    try self.init(
      surge: body.surge ?? 1, unavailable: body.unavailable ?? 0, canary: body.canary ?? 1,
      bake: body.bake.map { try Duration(reading: $0) } ?? .seconds(30),
      rollsBack: body.rollback ?? true)
  }
}
