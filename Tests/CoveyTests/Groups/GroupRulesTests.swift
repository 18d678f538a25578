import Covey
import Support
import Testing

struct GroupRulesTests {
  @Test func aGroupWithTooFewMembersLaunchesTheLowestFreeNames() {
    let group = Samples.group(desired: 3)
    let inventory = Samples.inventory(guests: [member(2)], groups: [group])
    #expect(launches(group.reconcile(in: inventory, at: .zero)) == ["web-1", "web-3"])
  }

  @Test func aGroupWithTooManyMembersRetiresTheLatestOne() {
    let group = Samples.group(desired: 1)
    let inventory = Samples.inventory(guests: [member(1), member(2)], groups: [group])
    #expect(retired(group.reconcile(in: inventory, at: .zero)) == ["web-2"])
  }

  @Test func aMemberThatDoesNotServeYetIsRetiredFirst() {
    let group = Samples.group(desired: 1)
    let inventory = Samples.inventory(
      guests: [member(1, .running), member(2)], groups: [group])
    #expect(retired(group.reconcile(in: inventory, at: .zero)) == ["web-1"])
  }

  @Test func callingOffAGrowthNeverTakesTheMemberThatServes() {
    let group = Samples.group(desired: 1)
    var inventory = Samples.inventory(
      guests: [member(1), member(2, .starting)], groups: [group])
    inventory.operations["op1"] = rising("web-2")
    #expect(group.reconcile(in: inventory, at: .zero).isEmpty)
  }

  @Test func afterAFailureNothingIsLaunchedBesideALaunchUnderWay() {
    var group = Samples.group(desired: 3)
    group.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    var inventory = Samples.inventory(guests: [member(1, .starting)], groups: [group])
    inventory.operations["op1"] = rising("web-1")
    #expect(group.reconcile(in: inventory, at: Timestamp(milliseconds: 60_000)).isEmpty)
  }

  @Test func aGuestOnWhichSomethingJustFailedIsLeftAlone() {
    let group = Samples.group(desired: 1)
    var inventory = Samples.inventory(guests: [member(1), member(2, .failed)], groups: [group])
    var failed = rising("web-2")
    failed.status = .failed
    failed.ended = Timestamp(milliseconds: 1000)
    inventory.operations["op1"] = failed
    #expect(group.reconcile(in: inventory, at: Timestamp(milliseconds: 5000)).isEmpty)
    #expect(
      group.reconcile(in: inventory, at: Timestamp(milliseconds: 12_000))
        == [.request(Samples.name("web-2"), .delete(force: false))])
  }

  @Test func deletingAGroupDoesNotWaitForMembersThatAreStillStarting() {
    var group = Samples.group(desired: 1)
    group.isBeingDeleted = true
    var inventory = Samples.inventory(guests: [member(1, .starting)], groups: [group])
    inventory.operations["op1"] = rising("web-1")
    #expect(
      group.reconcile(in: inventory, at: .zero)
        == [.request(Samples.name("web-1"), .delete(force: true))])
  }

  @Test func aPolicysWishIsDroppedWhenTheGroupHasChangedSinceItWasMade() {
    let follow = GroupRequest.follow(from: 1, to: 2, why: "load")
    let web = Samples.name("web")
    let scaled = Samples.inventory(groups: [Samples.group(desired: 3)])
    guard case .ignore = follow.decide(web, in: scaled, at: .zero) else {
      Issue.record("the owner's size was overruled")
      return
    }
    #expect(
      follow.decide(web, in: Samples.inventory(groups: [Samples.group()]), at: .zero)
        == .proceed([.desiredChanged(web, to: 2, why: "load")]))
  }

  @Test func aListenerOnEveryAddressMayNotTakeTheMembersPort() throws {
    var settings = Samples.settings()
    settings.listen = Endpoint(address: IPv4Address(number: 0), port: 80)
    let request = GroupRequest.create(try settings.spec(defaultPort: 80))
    #expect(
      request.decide(Samples.name("web"), in: Samples.inventory(), at: .zero)
        == .refuse(.listenCoversMembers(Endpoint(address: IPv4Address(number: 0), port: 80))))
  }

  @Test func aDeadMemberIsDeletedAndReplaced() {
    let group = Samples.group(desired: 2)
    let inventory = Samples.inventory(guests: [member(1), member(2, .stopped)], groups: [group])
    let steps = group.reconcile(in: inventory, at: .zero)
    #expect(steps.contains(.request(Samples.name("web-2"), .delete(force: false))))
    #expect(launches(steps) == ["web-3"])
  }

  @Test func aPersistentMemberThatIsDownIsStartedAgainAndNeverDeleted() {
    let group = Samples.group(disk: .persistent, desired: 2)
    let down = Samples.guest("web-2", group: "web", disk: .persistent, state: .failed, lastByte: 9)
    let up = Samples.guest("web-1", group: "web", disk: .persistent, state: .serving)
    let inventory = Samples.inventory(guests: [up, down], groups: [group])
    #expect(group.reconcile(in: inventory, at: .zero) == [.request(down.name, .start)])
  }

  @Test func aMemberThatItsOwnerStopsIsLeftOffAndNobodyTakesItsPlaceUntilItsGroupIsResumed() {
    var group = Samples.group(disk: .persistent, desired: 2)
    group.isPaused = true
    let members = [1, 2].map {
      Samples.guest(
        "web-\($0)", group: "web", disk: .persistent, state: .serving, lastByte: UInt32($0 + 1))
    }
    var inventory = Samples.inventory(guests: members, groups: [group])
    func happens(_ event: Event) {
      inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: .zero, event: event))
    }
    func steps() -> [GroupStep] {
      inventory.groups[group.name]?.reconcile(in: inventory, at: .zero) ?? []
    }
    let stop = Operation(
      id: "op1", verb: "stop", guest: members[0].name, group: group.name,
      plan: Plan([.drain, .destroy], ending: .becomes(.stopped)), began: .zero)
    happens(.operationBegan(stop, launching: nil))
    happens(.stepBegan("op1", cursor: 1))
    #expect(steps().isEmpty, "nobody is launched while it stops")
    happens(.operationDone("op1"))
    #expect(steps().isEmpty)
    #expect(group.isSettled(in: inventory))

    happens(.guestFound(members[1].name, .stopped, reason: "its machine is gone"))
    #expect(steps() == [.request(members[1].name, .start)], "one that dies is started again")
    happens(.guestFound(members[1].name, .serving, reason: ""))

    happens(.groupResumed(group.name))
    #expect(steps() == [.request(members[0].name, .start)])
  }

  @Test func aMemberThatItsOwnerStartsAgainIsLikeTheOthers() {
    let member = Samples.guest("web-1", group: "web", state: .stopping)
    var inventory = Samples.inventory(guests: [member], groups: [Samples.group(disk: .persistent)])
    for (id, verb, ending) in [("op1", "stop", GuestState.stopped), ("op2", "start", .serving)] {
      inventory.operations[id] = Operation(
        id: id, verb: verb, guest: member.name, group: member.group,
        plan: Plan([.startMachine], ending: .becomes(ending)), began: .zero)
    }
    inventory.apply(LoggedEvent(revision: 1, at: .zero, event: .operationDone("op1")))
    #expect(inventory.guests[member.name]?.isAside == true)
    inventory.apply(LoggedEvent(revision: 2, at: .zero, event: .stepBegan("op2", cursor: 0)))
    #expect(inventory.guests[member.name]?.isAside == false)
  }

  @Test func replacementsNeverExceedTheCapEvenWhileTheDeadAreStillThere() {
    let group = Samples.group(max: 2, desired: 2)
    let inventory = Samples.inventory(
      guests: [member(1, .failed), member(2, .stopped)], groups: [group])
    #expect(launches(group.reconcile(in: inventory, at: .zero)).isEmpty)
  }

  @Test func aRunningMemberIsAskedToServe() {
    let group = Samples.group(desired: 1)
    let inventory = Samples.inventory(guests: [member(1, .running)], groups: [group])
    #expect(group.reconcile(in: inventory, at: .zero) == [.request(Samples.name("web-1"), .serve)])
  }

  @Test func aDeletedGroupDeletesAllItsMembers() {
    var group = Samples.group(desired: 2)
    group.isBeingDeleted = true
    let inventory = Samples.inventory(guests: [member(1), member(2, .failed)], groups: [group])
    #expect(
      group.reconcile(in: inventory, at: .zero) == [
        .request(Samples.name("web-1"), .delete(force: false)),
        .request(Samples.name("web-2"), .delete(force: false)),
      ])
  }

  @Test func theBrakeHoldsLaunchesBackLongerWithEachFailure() {
    var brake = LaunchBrake()
    let problem = Problem(.deadline, "no answer")
    var waits: [Duration] = []
    for _ in 1...8 {
      brake.launchFailed(problem, at: .zero)
      waits.append((brake.waitsUntil ?? .zero) - .zero)
    }
    #expect(waits.map(\.text) == ["1s", "2s", "4s", "8s", "16s", "32s", "1m", "1m"])
  }

  @Test func theBrakeStopsAfterTwentyFailuresUntilTheGroupIsResumed() {
    var group = Samples.group(desired: 1)
    for _ in 1...LaunchBrake.failuresUntilStop {
      group.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    }
    let later = Timestamp(milliseconds: 1_000_000_000)
    let inventory = Samples.inventory(groups: [group])
    #expect(group.reconcile(in: inventory, at: later).isEmpty)
    #expect(
      GroupRequest.resume.decide(group.name, in: inventory, at: later)
        == .proceed([.groupResumed(group.name)]))
  }

  @Test func afterAFailureOneLaunchAtATimeIsTried() {
    var group = Samples.group(desired: 3)
    group.brake.launchFailed(Problem(.deadline, "no answer"), at: .zero)
    let later = Timestamp(milliseconds: 5000)
    #expect(
      launches(group.reconcile(in: Samples.inventory(groups: [group]), at: later)) == ["web-1"])
  }

  @Test func boundsThatCannotWorkAreRefused() {
    #expect(throws: Refusal.minOverMax(min: 3, max: 2)) {
      try Samples.settings(min: 3, max: 2).spec(defaultPort: 80)
    }
    #expect(throws: Refusal.outOfRange(field: "max", value: "0", allowed: "1 to 1000")) {
      try Samples.settings(min: 0, max: 0).spec(defaultPort: 80)
    }
  }

  @Test func aPortThatTheTemplateDoesNotServeIsRefused() throws {
    var settings = Samples.settings()
    settings.port = 81
    let request = GroupRequest.create(try settings.spec(defaultPort: 80))
    #expect(
      request.decide(Samples.name("web"), in: Samples.inventory(), at: .zero)
        == .refuse(.portNotServed(template: Samples.name("tiny-web"), port: 81, ports: [80])))
  }

  @Test func twoGroupsCannotHaveTheSameRequests() {
    let inventory = Samples.inventory(groups: [Samples.group("web")])
    let request = GroupRequest.create(Samples.spec())
    #expect(
      request.decide(Samples.name("shop"), in: inventory, at: .zero)
        == .refuse(
          .routeTaken(Samples.endpoint, host: nil, path: nil, group: Samples.name("web"))))
  }

  @Test func scalingOutsideTheBoundsIsRefused() {
    let group = Samples.group(min: 1, max: 4)
    #expect(
      GroupRequest.scale(to: 5).decide(
        group.name, in: Samples.inventory(groups: [group]), at: .zero)
        == .refuse(.outsideBounds(group.name, size: 5, min: 1, max: 4)))
  }

  @Test func loweringMaxLowersTheDesiredSizeWithIt() {
    let group = Samples.group(max: 4, desired: 4)
    var inventory = Samples.inventory(groups: [group])
    inventory.apply(
      LoggedEvent(revision: 1, at: .zero, event: .groupChanged(group.name, Samples.spec(max: 2))))
    #expect(inventory.groups[group.name]?.desired == 2)
  }

  private func member(_ number: Int, _ state: GuestState = .serving) -> Guest {
    Samples.guest(
      "web-\(number)", group: "web", disk: .ephemeral, state: state, lastByte: UInt32(number + 1))
  }

  private func rising(_ guest: String) -> Operation {
    Operation(
      id: "op1", verb: "launch", guest: Samples.name(guest), group: Samples.name("web"),
      plan: Plan([.startMachine], ending: .becomes(.serving)), began: .zero)
  }

  private func launches(_ steps: [GroupStep]) -> [String] {
    steps.compactMap { if case .launch(let request) = $0 { request.name.text } else { nil } }
  }

  private func retired(_ steps: [GroupStep]) -> [String] {
    steps.compactMap { step in
      if case .request(let name, .retire) = step { name.text } else { nil }
    }
  }

  @Test func aChangeOfWhatIsNoMoreSoIsRefused() throws {
    let old = Samples.spec(max: 4)
    var group = Samples.group()
    let wish = Samples.spec(max: 6)
    group.spec = Samples.spec(max: 8)
    let inventory = Samples.inventory(groups: [group])
    #expect(
      GroupRequest.set(wish, from: old).decide(Samples.name("web"), in: inventory, at: .zero)
        == .refuse(.groupHasChanged(Samples.name("web"))))
    #expect(Refusal.groupHasChanged(Samples.name("web")).problem.code == .conflict)
  }
}
