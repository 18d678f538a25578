import Covey
import Support
import Testing

/// A member that drains is taken back before anything is started.
struct UndrainTests {
  @Test func aGroupThatGrowsTakesBackWhatDrainsThenWakesThenLaunches() {
    var inventory = inventory(
      desired: 4,
      [
        member(1), member(2, .draining), member(3, .standby),
      ])
    inventory.operations["op1"] = retirement(of: "web-2", at: 1)
    #expect(
      steps(inventory) == [
        .request(Samples.name("web-2"), .undrain), .request(Samples.name("web-3"), .wake),
        steps(inventory).last,
      ])
    #expect(steps(inventory).count == 3)
  }

  @Test func onlyADrainIsCalledOff() throws {
    for (cursor, isPossible) in [(0, true), (1, true), (2, false), (3, false)] {
      var inventory = inventory(desired: 2, [member(1), member(2, .draining)])
      inventory.operations["op1"] = retirement(of: "web-2", at: cursor)
      let guest = try #require(inventory.guests[Samples.name("web-2")])
      switch guest.decide(.undrain, in: inventory) {
      case .proceed(let plan):
        #expect(isPossible, "step \(cursor)")
        #expect(plan == Plan([.enterBalancer], ending: .becomes(.serving)))
      case .refuse(let refusal):
        #expect(!isPossible, "step \(cursor)")
        #expect(refusal == .guestBusy(guest.name, verb: "retire"))
      case .ignore: Issue.record("ignored at step \(cursor)")
      }
    }
  }

  @Test func aMemberThatIsTakenBackServesAsItDidAndItsLaunchesAreNoBetterForIt() {
    var inventory = inventory(desired: 2, [member(1), member(2)])
    inventory.guests[Samples.name("web-2")]?.servingAt = Timestamp(milliseconds: 5)
    inventory.groups[web]?.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    inventory.operations["op1"] = retirement(of: "web-2", at: 0)
    note(.stepBegan("op1", cursor: 0), &inventory)
    #expect(inventory.guests[Samples.name("web-2")]?.state == .draining)
    note(.operationCalledOff("op1", Problem(.cancelled, "needed again")), &inventory)
    let back = Operation(
      id: "op2", verb: "undrain", guest: Samples.name("web-2"), group: web,
      plan: Plan([.enterBalancer], ending: .becomes(.serving)), began: .zero)
    note(.operationBegan(back, launching: nil), &inventory)
    #expect(inventory.guests[Samples.name("web-2")]?.state == .draining)
    #expect(steps(inventory).isEmpty, "it counts already")
    note(.operationDone("op2"), &inventory)
    #expect(inventory.guests[Samples.name("web-2")]?.state == .serving)
    #expect(inventory.guests[Samples.name("web-2")]?.servingAt == Timestamp(milliseconds: 5))
    #expect(inventory.groups[web]?.brake.failures == 1)
  }

  @Test func aTakingBackThatFailsLeavesTheMemberDraining() {
    var inventory = inventory(desired: 2, [member(1), member(2, .draining)])
    let back = Operation(
      id: "op2", verb: "undrain", guest: Samples.name("web-2"), group: web,
      plan: Plan([.enterBalancer], ending: .becomes(.serving)), began: .zero)
    note(.operationBegan(back, launching: nil), &inventory)
    note(.operationFailed("op2", Problem(.unavailable, "mute"), undone: false), &inventory)
    #expect(inventory.guests[Samples.name("web-2")]?.state == .draining)
    #expect(inventory.groups[web]?.brake.failures == 0)
  }

  private let web = Samples.name("web")

  private func note(_ event: Event, _ inventory: inout Inventory) {
    inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: .zero, event: event))
  }

  private func member(_ number: Int, _ state: GuestState = .serving) -> Guest {
    Samples.guest("web-\(number)", group: "web", disk: .ephemeral, state: state)
  }

  private func retirement(of guest: String, at cursor: Int) -> Covey.Operation {
    var operation = Operation(
      id: "op1", verb: "retire", guest: Samples.name(guest), group: web,
      plan: Plan(
        [.drain, .awaitDrained(within: .seconds(30)), .leaveBalancer, .destroy],
        ending: .forgotten), began: .zero)
    operation.cursor = cursor
    return operation
  }

  private func inventory(desired: Int, _ members: [Guest]) -> Inventory {
    Samples.inventory(guests: members, groups: [Samples.group(max: 6, desired: desired)])
  }

  private func steps(_ inventory: Inventory) -> [GroupStep?] {
    inventory.groups[web]?.reconcile(in: inventory, at: .zero) ?? []
  }
}
