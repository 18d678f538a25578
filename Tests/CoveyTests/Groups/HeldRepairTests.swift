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

  @Test(arguments: [10, 200])
  func anUpdateOfWhatIsDownIsTriedAtOnceAndMendsTheGroup(_ seconds: Int) {
    var history = GroupHistory.serving(4, max: 6)
    history.badVersions = ["d1"]
    history.pass(seconds) { $0.goDown("d1") }
    #expect(history.web.repair?.failures == (seconds < 30 ? 0 : 2))
    let isBegun = history.updateToNextVersion()
    #expect(isBegun)
    history.pass(5) { $0.goDown("d1") }
    #expect(history.versions.contains("d2"))
    #expect(history.web.rollout?.failures == 0)
    history.pass(300) { $0.goDown("d1") }
    #expect(history.web.rollout?.phase == .done)
    #expect(history.versions == ["d2", "d2", "d2", "d2"])
    #expect(history.available == 4)
  }

  @Test func aPausedUpdateIsNotWhatIsTried() {
    var history = GroupHistory.serving(4, max: 6)
    history.pass(2) { $0.goDown("d1") }
    history.updateToNextVersion()
    history.request(.pauseUpdate)
    history.pass(40) { $0.goDown("d1") }
    #expect(!history.versions.contains("d2"))
  }

  @Test func aNewVersionThatGoesDownIsTakenBackWithoutWaitingForATrial() {
    var history = GroupHistory.serving(4, max: 6)
    history.updateToNextVersion(by: Samples.rollout(bake: .seconds(90)))
    for _ in 1...300 where history.web.rollout?.phase != .settling { history.pass(1) }
    #expect(history.versions == ["d2", "d2", "d2", "d2"])
    history.pass(12) { $0.goDown("d2") }
    #expect(history.web.rollout?.phase == .rolledBack)
    #expect(history.versions == ["d1", "d1", "d1", "d1"])
    #expect(history.available == 4)
  }

  @Test func anUpdateIsTriedWhereLaunchesOfTheOldVersionWereGivenUp() {
    var history = GroupHistory.serving(2, max: 3)
    history.badVersions = ["d1"]
    history.note(.desiredChanged(history.group, to: 3, why: "load"))
    history.pass(1200)
    #expect(history.web.brake.hasStopped)
    history.updateToNextVersion()
    #expect(history.web.brake == LaunchBrake())
    history.pass(120)
    #expect(history.web.rollout?.phase == .done)
    #expect(history.available == 3)
  }

  @Test func whatIsLaunchedAnewIsTriedAtOnceAndWhatIsNotIsNot() throws {
    var history = GroupHistory.serving(2)
    for _ in 1...LaunchBrake.failuresUntilStop {
      history.note(.launchRefused(history.group, Problem(.limit, "too little memory")))
    }
    var settings = GroupSettings()
    settings.max = 3
    try change(&history, settings)
    #expect(history.web.brake.hasStopped)
    settings.memory = .mebibytes(256)
    try change(&history, settings)
    #expect(history.web.brake == LaunchBrake())
  }

  private func change(_ history: inout GroupHistory, _ settings: GroupSettings) throws {
    let spec = try settings.spec(changing: history.web.spec)
    let isSet = history.request(.set(spec, from: history.web.spec))
    #expect(isSet)
  }

  private func observation(min: Int = 1, brake: String?) -> Observation {
    Observation(
      cpu: [Samples.name("web-1"): 1], requestRate: nil, serving: 3, size: 3, desired: 3,
      min: min, max: 4, isSettling: false, isPaused: false, launchBrake: nil, repairBrake: brake,
      isQuiet: true)
  }

  private func at(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }
}
