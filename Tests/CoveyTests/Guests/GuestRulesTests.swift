import Covey
import Support
import Testing

struct GuestRulesTests {
  @Test func launchOfAKnownNameIsRefused() {
    let inventory = Samples.inventory(guests: [Samples.guest("db")])
    let request = LaunchRequest(name: Samples.name("db"), template: Samples.name("tiny-web"))
    #expect(
      request.decide(in: inventory, with: Samples.facts())
        == .refuse(.guestExists(Samples.name("db"))))
  }

  @Test func launchFromAnUnknownTemplateNamesTheNearest() {
    let request = LaunchRequest(name: Samples.name("db"), template: Samples.name("tiny-wep"))
    #expect(
      request.decide(in: Samples.inventory(), with: Samples.facts())
        == .refuse(.noSuchTemplate(Samples.name("tiny-wep"), nearest: Samples.name("tiny-web"))))
  }

  @Test func launchTakesTheLowestFreeAddress() throws {
    let taken = Samples.guest("db", lastByte: 2)
    let request = LaunchRequest(name: Samples.name("app"), template: Samples.name("tiny-web"))
    let decision = request.decide(in: Samples.inventory(guests: [taken]), with: Samples.facts())
    guard case .proceed(let launch) = decision else {
      Issue.record("\(decision)")
      return
    }
    #expect(launch.guest.address.description == "127.77.0.3")
    #expect(launch.plan.undoesOnFailure)
  }

  @Test func launchOutsideTheMachineLimitsIsRefused() {
    let request = LaunchRequest(
      name: Samples.name("db"), template: Samples.name("tiny-web"), cpus: 65)
    #expect(
      request.decide(in: Samples.inventory(), with: Samples.facts())
        == .refuse(.outOfRange(field: "cpus", value: "65", allowed: "1 to 64")))
  }

  @Test(arguments: GuestState.allCases)
  func aFullGroupRefusesALaunchWhateverStateItsGuestsAreIn(_ state: GuestState) {
    let group = Samples.group(max: 2)
    let members = (1...2).map {
      Samples.guest("web-\($0)", group: "web", state: state, lastByte: UInt32($0 + 1))
    }
    let request = LaunchRequest(
      name: Samples.name("web-3"), template: Samples.name("tiny-web"), group: group.name)
    let inventory = Samples.inventory(guests: members, groups: [group])
    #expect(
      request.decide(in: inventory, with: Samples.facts())
        == .refuse(.groupFull(group.name, max: 2, size: 2)))
  }

  @Test func startIsIgnoredWhenAlreadyRunning() {
    let guest = Samples.guest(state: .running)
    guard case .ignore = guest.decide(.start, in: Samples.inventory(guests: [guest])) else {
      Issue.record("start was not ignored")
      return
    }
  }

  @Test func startOfAnEphemeralDiskBeginsWithAFreshOne() {
    let guest = Samples.guest(disk: .ephemeral, state: .stopped)
    #expect(steps(guest, .start).first == .renewDisk)
  }

  @Test func startOfAPersistentDiskKeepsIt() {
    let guest = Samples.guest(disk: .persistent, state: .stopped)
    #expect(steps(guest, .start).contains(.renewDisk) == false)
  }

  @Test func aPersistentGuestThatRanBeforeMustFindItsDiskAgain() {
    var guest = Samples.guest(disk: .persistent, state: .stopped)
    guest.startedAt = .zero
    #expect(steps(guest, .start).first == .requireDisk)
  }

  @Test func stopIsRefusedWhileALaunchIsUnderWayWhateverTheStateSays() {
    let guest = Samples.guest(state: .defined)
    var inventory = Samples.inventory(guests: [guest])
    inventory.operations["op1"] = operation(on: guest, verb: "launch")
    #expect(
      guest.decide(.stop(within: .seconds(5), force: false), in: inventory)
        == .refuse(.guestBusy(guest.name, verb: "launch")))
  }

  @Test func aForcedRestartEndsTheMachineAtOnce() {
    let plan = steps(Samples.guest(), .restart(within: .seconds(5), force: true))
    #expect(plan.first == .destroy)
  }

  @Test func aForcedDeleteAsksTheBalancerNothing() {
    let member = Samples.guest("web-1", group: "web", state: .serving)
    #expect(steps(member, .delete(force: true)) == [.destroy, .undefine, .removeDisk])
  }

  @Test func stopShutsDownBeforeItEndsTheMachine() {
    #expect(
      steps(Samples.guest(), .stop(within: .seconds(5), force: false))
        == [.shutDown(within: .seconds(5)), .destroy])
  }

  @Test(arguments: DiskMode.allCases)
  func stopOfAMemberIsRefusedBecauseTheGroupDecides(_ disk: DiskMode) {
    let member = Samples.guest("web-1", group: "web", disk: disk, state: .serving)
    let inventory = Samples.inventory(guests: [member], groups: [Samples.group(disk: disk)])
    #expect(
      member.decide(.stop(within: .seconds(5), force: false), in: inventory)
        == .refuse(
          .memberOfGroup(member.name, group: Samples.name("web"), disk: disk, verb: "stop")))
  }

  @Test func aPersistentMemberCanBeStoppedWhileItsGroupIsPausedAndDrainsFirst() {
    let member = Samples.guest("web-1", group: "web", state: .serving)
    var group = Samples.group(disk: .persistent)
    group.isPaused = true
    let inventory = Samples.inventory(guests: [member], groups: [group])
    guard
      case .proceed(let plan) = member.decide(
        .stop(within: .seconds(5), force: false), in: inventory)
    else {
      Issue.record("stop was refused")
      return
    }
    #expect(plan.steps.first == .drain)
    #expect(plan.steps.suffix(2) == [.shutDown(within: .seconds(5)), .destroy])
  }

  @Test func noHintHasTheOwnerOfAPersistentMemberDeleteIt() throws {
    var member = Samples.guest("web-1", group: "web", state: .serving)
    let base = Samples.name("base")
    member.disks.apply(.taken(Snapshot(name: base, layer: 0), turnedTo: 1), at: .zero)
    var inventory = Samples.inventory(guests: [member], groups: [Samples.group(disk: .persistent)])
    inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    let requests: [GuestRequest] = [
      .stop(within: .seconds(5), force: false), .restore(RestoreRequest(snapshot: base)), .flatten,
      .rebase(onto: "d2"), .seal(as: Samples.name("mine"), snapshot: nil),
    ]
    for request in requests {
      guard case .refuse(let refusal) = member.decide(request, in: inventory) else {
        Issue.record("\(request.verb) was not refused")
        continue
      }
      let hint = refusal.problem.hint
      #expect(hint.contains("covey group pause web, covey stop web-1"), "\(request.verb)")
      #expect(!hint.contains("delete"), "\(request.verb)")
    }
  }

  @Test func requestsAreRefusedWhileAnotherVerbIsUnderWay() {
    let guest = Samples.guest(state: .starting)
    var inventory = Samples.inventory(guests: [guest])
    inventory.operations["op1"] = operation(on: guest, verb: "start")
    #expect(
      guest.decide(.delete(force: false), in: inventory)
        == .refuse(.guestBusy(guest.name, verb: "start")))
  }

  @Test(arguments: GuestState.allCases)
  func forcedDeleteIsPossibleInEveryStateAndWhileBusy(_ state: GuestState) {
    let guest = Samples.guest(state: state)
    var inventory = Samples.inventory(guests: [guest])
    inventory.operations["op1"] = operation(on: guest, verb: "start")
    guard case .proceed(let plan) = guest.decide(.delete(force: true), in: inventory) else {
      Issue.record("forced delete was not possible while \(state)")
      return
    }
    #expect(plan.ending == .forgotten)
    #expect(plan.steps.suffix(3) == [.destroy, .undefine, .removeDisk])
  }

  @Test func retiringDrainsBeforeItStops() {
    let member = Samples.guest("web-1", group: "web", disk: .ephemeral, state: .serving)
    let plan = steps(member, .retire(drainWithin: .seconds(9), stopWithin: .seconds(5)))
    #expect(Array(plan.prefix(3)) == [.drain, .awaitDrained(within: .seconds(9)), .leaveBalancer])
    #expect(plan.last == .removeDisk)
  }

  @Test func aRetiredPersistentMemberIsKept() {
    let member = Samples.guest("web-1", group: "web", disk: .persistent, state: .serving)
    let request = GuestRequest.retire(drainWithin: .seconds(9), stopWithin: .seconds(5))
    guard case .proceed(let plan) = member.decide(request, in: Samples.inventory(guests: [member]))
    else {
      Issue.record("retire was refused")
      return
    }
    #expect(plan.ending == .becomes(.stopped))
    #expect(!plan.steps.contains(.removeDisk))
  }

  @Test func aPortThatTheUserMayNotBindIsOfferedTenThousandHigher() {
    #expect(PortMapping(offering: 80, lowestBindable: 1024).host == 10080)
    #expect(PortMapping(offering: 8080, lowestBindable: 1024).host == 8080)
    #expect(PortMapping(offering: 80, lowestBindable: 0).host == 80)
  }

  @Test func aTemplateThatGuestsStandOnCannotBeDeletedAndSaysWhich() {
    let inventory = Samples.inventory(guests: [Samples.guest("db")], groups: [Samples.group()])
    #expect(
      throws: Refusal.templateInUse(
        Samples.name("tiny-web"), guests: [Samples.name("db")], groups: [Samples.name("web")])
    ) { try inventory.deletableVersions(of: Samples.name("tiny-web")) }
  }

  private func steps(_ guest: Guest, _ request: GuestRequest) -> [GuestAction] {
    guard case .proceed(let plan) = guest.decide(request, in: Samples.inventory(guests: [guest]))
    else { return [] }
    return plan.steps
  }

  private func operation(on guest: Guest, verb: String) -> Operation {
    Operation(
      id: "op1", verb: verb, guest: guest.name, group: guest.group,
      plan: Plan([.startMachine], ending: .becomes(.running)), began: .zero)
  }
}
