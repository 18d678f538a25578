import CoveyWire

/// Updates of groups in words.
enum RolloutText {
  /// `web: rolling, 2 of 3 at 3f2a..., 1 left`.
  static func status(_ group: GroupView) -> String {
    guard let rollout = group.rollout else { return "\(group.name) has not been updated\n" }
    return "\(group.name): \(line(rollout, desired: group.desired))\n"
  }

  /// Whether an update was asked for that is so already. How an earlier one ended says nothing of this one.
  static func isNothingToDo(_ group: GroupView) -> Bool {
    group.unchanged != nil && group.rollout?.isOver ?? true
  }

  /// `web: nothing to do: group web is at version 3f2a... already`.
  static func nothing(_ group: GroupView) -> String {
    "\(group.name): nothing to do: \(group.unchanged ?? "")\n"
  }

  static func line(_ rollout: RolloutView, desired: Int) -> String {
    let goal =
      rollout.phase.hasPrefix("roll") && rollout.phase != "rolling" ? rollout.from : rollout.to
    let phase = rollout.phase + (rollout.paused ? ", paused" : "")
    let left = rollout.left == 0 ? "" : ", \(rollout.left) of other versions left"
    let why = rollout.reason.map { " (\($0))" } ?? ""
    return
      "\(phase): \(rollout.replaced) of \(desired) serve at version \(goal.prefix(12))\(left)\(why)"
  }

  /// What a dry run says.
  static func plan(_ group: GroupView) -> String {
    guard let rollout = group.rollout, !rollout.isOver else {
      return "would do nothing: every member is of that version already\n"
    }
    let first =
      rollout.canary > 0
      ? "\(Units.count(min(rollout.canary, group.desired), "member")) first, watched for \(rollout.bake), then the others"
      : "without a first one"
    let back =
      rollout.rollback
      ? "rolled back by itself when it goes wrong" : "left as it is when it goes wrong"
    return "would replace \(Units.count(rollout.left, "member")) of \(group.name): version "
      + "\(rollout.from.prefix(12)) -> \(rollout.to.prefix(12)); \(first); "
      + "at most \(rollout.surge) over and \(rollout.unavailable) under the desired size; \(back)\n"
  }
}
