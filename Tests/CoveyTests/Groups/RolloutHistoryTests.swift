import Covey
import Support
import Testing

/// Updates in random histories: they keep to their bounds, and come to an end.
struct RolloutHistoryTests {
  static let seeds = (1...60).map { UInt64($0) }

  @Test(arguments: seeds)
  func anUpdateKeepsItsBoundsAndReachesItsEnd(_ seed: UInt64) throws {
    var history = try Self.history(seed)
    let record = try #require(history.record)
    let plan = try #require(record.rollout).plan
    for _ in 1...600 where history.record?.rollout?.isActive == true {
      history.advance(by: 100...8000)
      Self.expectBounds(history, plan, record.desired, seed)
      if history.chance(15) { try history.restart() }
      if history.chance(25) { history.request(.pauseUpdate) }
      if history.chance(3) { history.request(.resumeUpdate) }
    }
    #expect(history.record?.rollout?.phase == .done, "seed \(seed)")
    #expect(history.record?.version == "d2")
    Self.comeToRest(&history)
    #expect(history.members.allSatisfy { $0.templateDigest == "d2" })
    #expect(history.available == record.desired)
  }

  @Test(arguments: seeds)
  func aVersionThatNeverAnswersIsRolledBackWithoutLosingAMember(_ seed: UInt64) throws {
    var history = try Self.history(seed)
    history.badVersions = ["d2"]
    let record = try #require(history.record)
    let plan = try #require(record.rollout).plan
    for _ in 1...600 where history.record?.rollout?.isActive == true {
      history.advance(by: 100...8000)
      Self.expectBounds(history, plan, record.desired, seed)
    }
    #expect(history.record?.rollout?.phase == .rolledBack, "seed \(seed)")
    #expect(history.record?.version == "d1")
    Self.comeToRest(&history)
    #expect(history.members.allSatisfy { $0.templateDigest == "d1" && $0.state == .serving })
    #expect(history.available == record.desired)
  }

  @Test(arguments: seeds)
  func aMemberThatGoesDownWhileItIsWatchedBringsTheOldVersionBack(_ seed: UInt64) throws {
    var history = try Self.history(seed, canary: 1...2)
    let record = try #require(history.record)
    var isDown = false
    for _ in 1...900 where history.record?.rollout?.isActive == true {
      let fresh = history.members.first { $0.templateDigest == "d2" && $0.state == .serving }
      if let fresh, history.record?.rollout?.phase == .baking, !isDown {
        history.signs.downSince[fresh.name] = history.now
        isDown = true
      }
      history.advance(by: 100...8000)
    }
    #expect(isDown)
    #expect(history.record?.rollout?.phase == .rolledBack, "seed \(seed)")
    Self.comeToRest(&history)
    #expect(history.members.allSatisfy { $0.templateDigest == "d1" && $0.state == .serving })
    #expect(history.available == record.desired)
  }

  @Test(arguments: seeds)
  func theSizeFollowsItsWishMeanwhile(_ seed: UInt64) throws {
    var history = try Self.history(seed)
    for step in 1...900 where history.record?.rollout?.isActive == true {
      if step < 60, history.chance(8), let spec = history.record?.spec {
        let size = Int.random(in: spec.min...spec.max, using: &history.random)
        history.note(.desiredChanged(history.group, to: size, why: "chance"))
      }
      history.advance(by: 100...8000)
    }
    #expect(history.record?.rollout?.phase == .done, "seed \(seed)")
    Self.comeToRest(&history)
    #expect(history.available == history.record?.desired)
    #expect(history.members.allSatisfy { $0.templateDigest == "d2" })
  }

  /// What was begun ends: the last ones drain, and the size is what was wished for last.
  private static func comeToRest(_ history: inout GroupHistory) {
    for _ in 1...200 where history.record?.isSettled(in: history.inventory) == false {
      history.advance()
    }
  }

  private static func expectBounds(
    _ history: GroupHistory, _ plan: RolloutPlan, _ desired: Int, _ seed: UInt64
  ) {
    let (available, size) = (history.available, history.members.count)
    #expect(available >= desired - plan.unavailable, "seed \(seed): \(available) of \(desired)")
    #expect(size <= desired + plan.surge, "seed \(seed): \(size) guests, \(desired) desired")
  }

  /// A group that serves in full when its update begins, in which nothing goes wrong by chance.
  private static func history(_ seed: UInt64, canary: ClosedRange<Int> = 0...3) throws
    -> GroupHistory
  {
    var history = GroupHistory(seed: seed) { random in
      let max = Int.random(in: 1...6, using: &random)
      return Samples.group(
        min: 1, max: max, desired: Int.random(in: 1...max, using: &random))
    }
    history.isRough = false
    let desired = try #require(history.record?.desired)
    for _ in 1...200 where history.available < desired { history.advance() }
    #expect(history.available == desired)
    history.inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    let surge = Int.random(in: 0...3, using: &history.random)
    let plan = Samples.rollout(
      surge: surge, unavailable: Int.random(in: (surge == 0 ? 1 : 0)...2, using: &history.random),
      canary: Int.random(in: canary, using: &history.random), bake: .seconds(30))
    let isBegun = history.request(.update(to: nil, plan))
    #expect(isBegun)
    return history
  }
}
