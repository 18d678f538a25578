import Covey
import Support
import Testing

/// What becomes of a group while most of its members are down, whatever is asked of it meanwhile.
struct HeldRepairTests {
  @Test func aSizeThatSinksBeforeTheTrialHoldsNothingUp() {
    var history = GroupHistory.serving(3)
    history.pass(2) { $0.goDown() }
    history.note(.desiredChanged(history.group, to: 2, why: "asked for by the user"))
    history.pass(29) { $0.goDown() }
    #expect(history.members.count == 2, "the trial's place is wanted no more")
    history.signs = MemberSigns()
    history.pass(2)
    #expect(history.web.repair == nil)
    #expect(history.web.isSettled(in: history.inventory))
  }

  @Test func aSizeThatSinksLeavesTheNextMemberToBeTried() {
    var history = GroupHistory.serving(4)
    let before = Set(history.members.map(\.uuid))
    history.pass(2) { $0.goDown() }
    history.note(.desiredChanged(history.group, to: 2, why: "asked for by the user"))
    // Those that come answer; those that were there never do.
    history.pass(90) { history in
      for member in history.members where before.contains(member.uuid) {
        history.signs.downSince[member.name] = history.signs.downSince[member.name] ?? .zero
      }
    }
    #expect(history.web.repair == nil)
    #expect(history.available == 2)
    #expect(history.web.isSettled(in: history.inventory))
  }

  @Test func aPersistentMemberThatIsNotWantedAgainKeepsNoOtherFromBeingStarted() {
    var history = GroupHistory.serving(3, disk: .persistent)
    history.note(.guestFound(history.name(3), .stopped, reason: "its machine ended by itself"))
    history.note(.desiredChanged(history.group, to: 2, why: "asked for by the user"))
    history.signs.downSince = [history.name(1): history.now]
    history.pass(35)
    #expect(history.available == 2)
  }

  @Test func aGroupWhoseMembersAreLeftAloneDoesNotShrinkByItself() {
    let policy = Samples.policy(above: 60, below: 20, hold: .seconds(5), cooldown: .zero)
    var memory = ScalingMemory()
    for second in 0...40 {
      let seen = observation(brake: second < 30 ? "3 of 3 are down" : nil)
      let (verdict, next) = policy.decide(seen, memory, at: at(second))
      memory = next
      switch second {
      case ..<30:
        #expect(verdict == Verdict(.stay, .repairHeld, "mean CPU 1 %; 3 of 3 are down"))
      case ..<35: #expect(verdict.rule == .waiting, "what was seen before does not count")
      default: #expect(verdict.move == .shrink)
      }
    }
  }

  @Test func aGroupWhoseMembersAreLeftAloneDoesNotFallAsleep() {
    let policy = Samples.policy(above: 60, below: 20, hold: .seconds(5), cooldown: .zero)
    var memory = ScalingMemory()
    memory.quietSince = .zero
    let seen = observation(min: 0, brake: "2 of 2 are down")
    let verdict = policy.decide(seen, memory, at: at(10_000)).verdict
    #expect(verdict.rule == .repairHeld)
  }

  private func observation(min: Int = 1, brake: String?) -> Observation {
    Observation(
      cpu: [Samples.name("web-1"): 1], requestRate: nil, serving: 3, size: 3, desired: 3,
      min: min, max: 4, isSettling: false, isPaused: false, launchBrake: nil, repairBrake: brake,
      isQuiet: true)
  }

  private func at(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }
}
