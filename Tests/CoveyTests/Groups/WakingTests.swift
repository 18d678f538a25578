import Covey
import Support
import Testing

struct WakingTests {
  private let web = Samples.name("web")
  private let policy = Samples.policy()

  private func observation(
    desired: Int = 1, isQuiet: Bool = true, min: Int = 0, isSettling: Bool = false,
    isPaused: Bool = false, cpu: Double = 1
  ) -> Observation {
    let names = desired > 0 ? (1...desired).map { Samples.name("web-\($0)") } : []
    return Observation(
      cpu: Dictionary(uniqueKeysWithValues: names.map { ($0, cpu) }), requestRate: 0,
      serving: desired, size: desired, desired: desired, min: min, max: 4, isSettling: isSettling,
      isPaused: isPaused, launchBrake: nil, idle: .seconds(60), isQuiet: isQuiet)
  }

  private func verdicts(_ seconds: [Int64], _ seen: (Int64) -> Observation) -> [Verdict] {
    var memory = ScalingMemory()
    return seconds.map { second in
      let now = Timestamp(milliseconds: second * 1000)
      let decided = policy.decide(seen(second), memory, at: now)
      memory = decided.memory
      return decided.verdict
    }
  }

  @Test func aGroupWithoutARequestForItsTimeGoesToSleep() {
    let found = verdicts([0, 30, 59, 60]) { _ in observation() }
    #expect(found.map(\.move) == [.stay, .stay, .stay, .shrink])
    #expect(found.last?.rule == .idle)
    #expect(found.last?.reason == "no request for 1m")
  }

  @Test func oneRequestBeginsTheTimeAnew() {
    let found = verdicts([0, 30, 60, 100, 119, 160, 161]) { observation(isQuiet: $0 != 100) }
    #expect(found.map { $0.rule == .idle } == [false, false, true, false, false, false, false])
    let after = verdicts([100, 119, 179]) { observation(isQuiet: $0 != 100) }
    #expect(after.last?.rule == .idle)
  }

  @Test func whatNeedsSomebodyDoesNotSleep() {
    let late: [Int64] = [0, 600]
    #expect(verdicts(late) { _ in observation(min: 1) }.last?.rule == .atMin)
    #expect(verdicts(late) { _ in observation(isPaused: true) }.last?.rule == .paused)
    #expect(verdicts(late) { _ in observation(isSettling: true) }.last?.rule == .settling)
    #expect(verdicts(late) { _ in observation(isQuiet: false) }.last?.rule != .idle)
  }

  @Test func severalMembersLeaveOneAtATime() {
    #expect(verdicts([0, 60]) { _ in observation(desired: 3, cpu: 40) }.last?.move == .shrink)
  }

  @Test func asleepNobodyIsWantedAndTheQuietBeginsAnewAfterwards() {
    let found = verdicts([0, 600, 601, 602]) { observation(desired: $0 < 601 ? 0 : 1) }
    #expect(found.map(\.rule).prefix(2) == [.asleep, .asleep])
    #expect(found.last?.rule != .idle)
  }

  @Test func aRequestWakesAGroupOnce() throws {
    var inventory = Samples.inventory(groups: [Samples.group(min: 0)])
    let events = GroupRequest.wake.decide(web, in: inventory, at: .zero)
    #expect(events == .proceed([.desiredChanged(web, to: 1, why: "a request woke it")]))
    inventory.groups[web]?.desired = 1
    #expect(
      GroupRequest.wake.decide(web, in: inventory, at: .zero)
        == .ignore("group web is awake already"))
  }

  @Test func aPausedOrDyingGroupIsNotWoken() {
    var inventory = Samples.inventory(groups: [Samples.group(min: 0)])
    inventory.groups[web]?.isPaused = true
    #expect(
      GroupRequest.wake.decide(web, in: inventory, at: .zero) == .refuse(.asleepAndPaused(web)))
    #expect(inventory.doors(down: [], at: .zero)[web]?.refusal == "group web is asleep and paused")
    inventory.groups[web]?.isBeingDeleted = true
    #expect(
      GroupRequest.wake.decide(web, in: inventory, at: .zero) == .refuse(.groupBeingDeleted(web)))
    #expect(inventory.doors(down: [], at: .zero) == [:])
  }

  @Test func wakingTakesAStandbyAndSleepingFillsThePoolAgain() throws {
    var settings = Samples.settings(min: 0, max: 2)
    settings.standby = 1
    var group = Group(name: web, spec: try settings.spec(defaultPort: 80), created: .zero)
    let standby = Samples.guest("web-1", group: "web", disk: .ephemeral, state: .standby)
    group.desired = 1
    let asleep = Samples.inventory(guests: [standby], groups: [group])
    #expect(group.reconcile(in: asleep, at: .zero) == [.request(standby.name, .wake)])
    group.desired = 0
    let empty = Samples.inventory(groups: [group])
    let steps = group.reconcile(in: empty, at: .zero)
    guard case .launch(let launch)? = steps.first, steps.count == 1 else {
      Issue.record("\(steps)")
      return
    }
    #expect(launch.isStandby)
    #expect(group.isAsleep(in: asleep))
  }

  @Test func aDoorShowsWhoServesAndIsWell() {
    let members = [1, 2].map {
      Samples.guest(
        "web-\($0)", group: "web", disk: .ephemeral, state: .serving, lastByte: UInt32($0))
    }
    let inventory = Samples.inventory(
      guests: members + [Samples.guest("web-3", group: "web", state: .draining)],
      groups: [Samples.group(min: 0, desired: 2), Samples.group("other")])
    let doors = inventory.doors(down: [Samples.name("web-2")], at: .zero)
    #expect(doors.keys.map(\.text) == ["web"])
    #expect(doors[web]?.members.map(\.name.text) == ["web-1"])
    #expect(doors[web]?.refusal == nil && doors[web]?.speaksHTTP == true)
  }

  @Test func minZeroNeedsSomebodyWhoHearsTheRequest() throws {
    var settings = Samples.settings(min: 0)
    #expect(try settings.spec(defaultPort: 80).min == 0)
    settings.listen = nil
    settings.traffic.balance = .dns
    let refusal = #expect(throws: Refusal.self) { try settings.spec(defaultPort: 80) }
    #expect(refusal?.problem.hint.contains("nobody would hear") == true)
    settings.min = 1
    #expect(try settings.spec(defaultPort: 80).listen == nil)
  }
}
