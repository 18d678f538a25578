import Covey
import Support
import Testing

/// The pool of paused forks beside the members that serve.
struct StandbyTests {
  @Test func aGroupFillsItsPoolBesideItsMembers() {
    let inventory = inventory([member(1)], standby: 2)
    #expect(launches(inventory) == ["web-2 standby", "web-3 standby"])
  }

  @Test func aStandbyThatIsOnItsWayCountsAlready() {
    var inventory = inventory([member(1), member(2, .starting)], standby: 1)
    inventory.operations["op1"] = operation("web-2", ending: .becomes(.standby))
    #expect(steps(inventory).isEmpty)
  }

  @Test func growingWakesAStandbyAndLaunchesItsSuccessorWhenThatServes() {
    let growing = inventory([member(1), member(2, .standby)], standby: 1, desired: 2)
    #expect(steps(growing) == [.request(Samples.name("web-2"), .wake)])
    let grown = inventory([member(1), member(2)], standby: 1, desired: 2)
    #expect(launches(grown) == ["web-3 standby"])
  }

  @Test func growingByMoreThanThePoolHoldsLaunchesTheRest() {
    let inventory = inventory([member(1), member(2, .standby)], standby: 1, desired: 3)
    #expect(woken(inventory) == ["web-2"])
    #expect(launches(inventory) == ["web-3"])
  }

  @Test func thePoolNeverTakesTheGroupOverItsCap() {
    let inventory = inventory([member(1), member(2), member(3)], standby: 3, desired: 3)
    #expect(launches(inventory) == ["web-4 standby"])
  }

  @Test func aGroupAtItsMaximumKeepsNoStandby() {
    let members = [member(1), member(2), member(3), member(4, .standby)]
    let full = inventory(members, standby: 1, desired: 4)
    #expect(steps(full) == [.request(Samples.name("web-4"), .wake)])
  }

  @Test func aSmallerPoolGivesUpItsLatestStandby() {
    let inventory = inventory(
      [member(1), member(2, .standby), member(3, .standby)], standby: 1)
    #expect(steps(inventory) == [.request(Samples.name("web-3"), .delete(force: false))])
  }

  @Test func aStandbyIsNoPartOfTheSizeThatServes() {
    let inventory = inventory([member(1), member(2, .standby)], standby: 1)
    #expect(steps(inventory).isEmpty)
    #expect(inventory.groups[web]?.isSettled(in: inventory) == true)
  }

  @Test func whatThePoolDoesDoesNotUnsettleTheGroup() {
    var inventory = inventory([member(1), member(2, .starting)], standby: 1)
    inventory.operations["op1"] = operation("web-2", ending: .becomes(.standby))
    #expect(inventory.groups[web]?.isSettled(in: inventory) == true)
  }

  @Test func afterAFailureOneStandbyIsTriedOnceTheBrakeHasReleased() {
    var inventory = inventory([member(1)], standby: 2)
    inventory.groups[web]?.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    #expect(steps(inventory, at: Timestamp(milliseconds: 500)).isEmpty)
    #expect(steps(inventory, at: Timestamp(milliseconds: 1500)).count == 1)
    inventory.guests[Samples.name("web-2")] = member(2, .starting)
    inventory.operations["op1"] = operation("web-2", ending: .becomes(.standby))
    #expect(steps(inventory, at: Timestamp(milliseconds: 1500)).isEmpty)
  }

  @Test func aStandbyIsWokenWhileLaunchesFail() {
    var inventory = inventory([member(1), member(2, .standby)], standby: 1, desired: 3)
    inventory.groups[web]?.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    #expect(steps(inventory) == [.request(Samples.name("web-2"), .wake)])
  }

  @Test func deletingAGroupInterruptsStandbysOnTheirWay() {
    var inventory = inventory([member(2, .starting)], standby: 1)
    inventory.groups[web]?.isBeingDeleted = true
    inventory.operations["op1"] = operation("web-2", ending: .becomes(.standby))
    #expect(steps(inventory) == [.request(Samples.name("web-2"), .delete(force: true))])
  }

  @Test func aStandbyThatDiedIsReplaced() {
    let inventory = inventory([member(1), member(2, .stopped)], standby: 1)
    #expect(
      steps(inventory).first == .request(Samples.name("web-2"), .delete(force: false)))
  }

  @Test func aStandbyOfAnOlderVersionOrAnotherSizeIsReplaced() {
    var newer = inventory([member(1), member(2, .standby)], standby: 1)
    newer.templates["d2"] = Samples.template(digest: "d2", at: 2)
    #expect(steps(newer) == [.request(Samples.name("web-2"), .delete(force: false))])
    var larger = inventory([member(1), member(2, .standby)], standby: 1)
    var settings = GroupSettings()
    settings.memory = .mebibytes(256)
    do {
      let old = try #require(larger.groups[web]?.spec)
      larger.groups[web]?.spec = try settings.spec(changing: old)
    } catch { Issue.record(error) }
    #expect(steps(larger) == [.request(Samples.name("web-2"), .delete(force: false))])
  }

  @Test func aStandbyOfAnOlderVersionStillHelpsAGroupThatGrows() {
    var newer = inventory([member(1), member(2, .standby)], standby: 1, desired: 2)
    newer.templates["d2"] = Samples.template(digest: "d2", at: 2)
    #expect(steps(newer) == [.request(Samples.name("web-2"), .wake)])
  }

  @Test func membersWithDisksOfTheirOwnHaveNoStandbys() {
    var settings = GroupSettings()
    settings.standby = 1
    #expect(throws: Refusal.self) { try settings.spec(changing: Samples.spec(disk: .persistent)) }
  }

  @Test func ownersCannotWakeAStandby() throws {
    let inventory = inventory([member(1), member(2, .standby)], standby: 1)
    let guest = try #require(inventory.guests[Samples.name("web-2")])
    for request in [GuestRequest.start, .restart(within: .seconds(1), force: false)] {
      guard case .refuse(let refusal) = guest.decide(request, in: inventory) else {
        Issue.record("\(request.verb) was not refused")
        continue
      }
      #expect(refusal.problem.hint.contains("covey group scale"))
    }
  }

  @Test func aPausedMachineIsEndedWithoutWaitingForItsPowerButton() throws {
    let inventory = inventory([member(1), member(2, .standby)], standby: 1)
    let guest = try #require(inventory.guests[Samples.name("web-2")])
    guard case .proceed(let plan) = guest.decide(.delete(force: false), in: inventory) else {
      Issue.record("not deleted")
      return
    }
    #expect(plan.steps == [.leaveBalancer, .destroy, .undefine, .removeDisk])
  }

  private let web = Samples.name("web")

  private func member(_ number: Int, _ state: GuestState = .serving) -> Guest {
    Samples.guest("web-\(number)", group: "web", disk: .ephemeral, state: state)
  }

  private func inventory(_ members: [Guest], standby: Int, desired: Int = 1) -> Inventory {
    var group = Samples.group(desired: desired)
    var settings = GroupSettings()
    settings.standby = standby
    do { group.spec = try settings.spec(changing: group.spec) } catch { Issue.record(error) }
    return Samples.inventory(guests: members, groups: [group])
  }

  private func operation(_ guest: String, ending: Operation.Ending) -> Operation {
    Operation(
      id: "op1", verb: "launch", guest: Samples.name(guest), group: web,
      plan: Plan([.startMachine], ending: ending), began: .zero)
  }

  private func steps(_ inventory: Inventory, at now: Timestamp = .zero) -> [GroupStep] {
    inventory.groups[web]?.reconcile(in: inventory, at: now) ?? []
  }

  private func launches(_ inventory: Inventory) -> [String] {
    steps(inventory).compactMap { step in
      guard case .launch(let request) = step else { return nil }
      return request.name.text + (request.isStandby ? " standby" : "")
    }
  }

  private func woken(_ inventory: Inventory) -> [String] {
    steps(inventory).compactMap {
      if case .request(let name, .wake) = $0 { name.text } else { nil }
    }
  }
}
