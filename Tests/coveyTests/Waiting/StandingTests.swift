import CoveyWire
import Testing

@testable import covey

struct StandingTests {
  @Test(arguments: ["running", "serving", "stopped"])
  func aGuestAtRestEndsAWaitWithoutGoals(_ state: String) {
    #expect(GuestWait.standing(of: Samples.guest(state: state), towards: []) == .reached)
  }

  @Test func aGuestWithSomethingUnderWayIsNotAtRest() {
    let guest = Samples.guest(state: "running", operation: "stop")
    #expect(
      GuestWait.standing(of: guest, towards: [])
        == .going(stage: "running, stop is under way"))
  }

  @Test func aFailedGuestEndsTheWaitWithItsReasonUnlessFailureWasAskedFor() {
    let guest = Samples.guest(state: "failed", reason: "it never answered")
    let failed = GuestWait.Standing.impossible(why: "it never answered", code: "conflict")
    #expect(GuestWait.standing(of: guest, towards: []) == failed)
    #expect(GuestWait.standing(of: guest, towards: ["running"]) == failed)
    #expect(GuestWait.standing(of: guest, towards: ["failed"]) == .reached)
  }

  @Test func aServingGuestAlsoRuns() {
    let guest = Samples.guest(state: "serving")
    #expect(GuestWait.standing(of: guest, towards: ["running"]) == .reached)
    #expect(GuestWait.standing(of: guest, towards: ["stopped"]) == .going(stage: "serving"))
  }

  @Test func aMissingGuestIsGoneOrAnError() {
    #expect(GuestWait.standing(of: nil, towards: ["gone"]) == .reached)
    #expect(
      GuestWait.standing(of: nil, towards: [])
        == .impossible(why: "there is no such guest", code: "not-found"))
  }

  @Test func aGroupIsSettledWhenAllThatIsDesiredServes() {
    let settled = Samples.group(size: 3, desired: 3, serving: 3)
    #expect(GroupWait.standing(of: settled, towards: .settled) == .reached)
    let growing = Samples.group(size: 2, desired: 3, serving: 1)
    #expect(
      GroupWait.standing(of: growing, towards: .settled)
        == .going(stage: "1 of 3 serving, 2 guests", steps: nil))
  }

  @Test func theDaemonSaysWhatIsSettledNotTheNumbers() {
    let withKept = Samples.group(size: 3, desired: 1, serving: 1, settled: true)
    #expect(GroupWait.standing(of: withKept, towards: .settled) == .reached)
    let busy = Samples.group(settled: false)
    #expect(
      GroupWait.standing(of: busy, towards: .settled)
        == .going(stage: "1 of 1 serving, 1 guest", steps: nil))
  }

  @Test func aGroupThatFailsOrGoesAwayDoesNotSettle() {
    var failing = Samples.group(state: "failing", size: 0, desired: 1, serving: 0)
    failing.reason = "5 launches failed in a row"
    #expect(
      GroupWait.standing(of: failing, towards: .settled)
        == .failing(why: "5 launches failed in a row"))
    #expect(
      GroupWait.standing(of: Samples.group(state: "deleting"), towards: .settled)
        == .impossible(why: "it is being deleted"))
    #expect(GroupWait.standing(of: nil, towards: .settled) == .impossible(why: "it is gone"))
    #expect(GroupWait.standing(of: nil, towards: .gone) == .reached)
  }

  @Test func anUpdateIsWaitedForUntilItIsOver() {
    var group = Samples.group()
    group.rollout = rollout("rolling")
    #expect(
      RolloutWait.standing(of: group, isRollback: false) == .going(stage: "rolling", steps: "1/1"))
    group.rollout?.paused = true
    #expect(
      RolloutWait.standing(of: group, isRollback: false)
        == .going(stage: "rolling, paused", steps: "1/1"))
    group.rollout = rollout("done")
    #expect(RolloutWait.standing(of: group, isRollback: false) == .reached)
    #expect(RolloutWait.standing(of: nil, isRollback: false) == .failed(why: "it is gone"))
  }

  @Test func anUpdateThatWasRolledBackIsAFailureUnlessThatWasAskedFor() {
    var group = Samples.group()
    group.rollout = rollout("rolled-back", reason: "version d2 fails")
    #expect(RolloutWait.standing(of: group, isRollback: true) == .reached)
    #expect(
      RolloutWait.standing(of: group, isRollback: false)
        == .failed(why: "version d2 fails; the old version serves again"))
  }

  @Test func anUpdateIsToldInOneLine() {
    #expect(
      RolloutText.line(rollout("baking"), desired: 3)
        == "baking: 1 of 3 serve at version d2, 2 of other versions left")
    #expect(
      RolloutText.line(rollout("rolling-back", reason: "no answer"), desired: 3)
        == "rolling-back: 1 of 3 serve at version d1, 2 of other versions left (no answer)")
  }

  private func rollout(_ phase: String, reason: String? = nil) -> RolloutView {
    RolloutView(
      from: "d1", to: "d2", phase: phase, paused: false, reason: reason, surge: 1, unavailable: 0,
      canary: 1, bake: "30s", rollback: true, replaced: 1, left: 2, began: "", since: "")
  }

  @Test func anUpdateThatIsSoAlreadyIsNoFailureHoweverTheOneBeforeEnded() {
    var group = Samples.group()
    group.rollout = rollout("rolled-back", reason: "version d2 fails")
    #expect(!RolloutText.isNothingToDo(group))
    group.unchanged = "group web is at version d1 already"
    #expect(RolloutText.isNothingToDo(group))
    #expect(
      RolloutText.nothing(group) == "web: nothing to do: group web is at version d1 already\n")
    group.rollout = rollout("rolling-back")
    #expect(!RolloutText.isNothingToDo(group), "what goes on is waited for")
  }
}
