import Covey
import Support
import Testing

/// Updates of groups that sleep: no version is taken for good that nobody has tried.
struct UpdateOfSleeperTests {
  let web = Samples.name("web")

  /// A group that keeps to d1 and sleeps, and a newer d2.
  private func history(isPaused: Bool = false) -> GroupHistory {
    var history = GroupHistory(seed: 1) { _ in
      var group = Samples.group(min: 0, max: 3, desired: 0)
      group.version = "d1"
      group.isPaused = isPaused
      return group
    }
    history.isRough = false
    history.inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    return history
  }

  @Test func anUpdateWakesTheGroupAndItsMemberIsTheTrial() throws {
    var history = history()
    let isBegun = history.request(.update(to: nil, Samples.rollout()))
    #expect(isBegun && history.record?.desired == 1)
    var hasServed = false
    for _ in 1...200 where history.record?.rollout?.isActive == true {
      history.advance(by: 100...8000)
      hasServed =
        hasServed || history.members.contains { $0.templateDigest == "d2" && $0.state == .serving }
    }
    #expect(hasServed)
    #expect(history.record?.rollout?.phase == .done && history.record?.version == "d2")
  }

  @Test func aVersionThatNeverAnswersIsNotTakenForGood() throws {
    var history = history()
    history.badVersions = ["d2"]
    history.request(.update(to: nil, Samples.rollout()))
    for _ in 1...400 where history.record?.rollout?.isActive == true {
      history.advance(by: 100...8000)
    }
    #expect(history.record?.rollout?.phase == .rolledBack && history.record?.version == "d1")
  }

  @Test func scaledToNobodyAnUpdateWaits() throws {
    var history = history()
    history.request(.update(to: nil, Samples.rollout()))
    history.request(.scale(to: 0))
    for _ in 1...100 { history.advance(by: 100...8000) }
    #expect(history.record?.rollout?.phase == .canary)
    history.request(.wake)
    for _ in 1...200 where history.record?.rollout?.isActive == true {
      history.advance(by: 100...8000)
    }
    #expect(history.record?.rollout?.phase == .done)
  }

  @Test func oneThatIsPausedTooIsNotWoken() {
    let history = history(isPaused: true)
    let request = GroupRequest.update(to: nil, Samples.rollout())
    #expect(request.decide(web, in: history.inventory, at: .zero) == .refuse(.asleepAndPaused(web)))
  }
}
