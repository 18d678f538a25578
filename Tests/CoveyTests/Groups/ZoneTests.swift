import Covey
import Support
import Testing

struct ZoneTests {
  private let web = Samples.name("web")

  private func member(_ number: Int, _ state: GuestState) -> Guest {
    Samples.guest(
      "web-\(number)", group: "web", disk: .ephemeral, state: state, lastByte: UInt32(number))
  }

  private func zone(_ guests: [Guest], down: [String] = [], unwilling: [String] = [])
    -> [String: [String]]
  {
    let inventory = Samples.inventory(guests: guests, groups: [Samples.group()])
    let zone = inventory.zone(
      of: Samples.domain, down: Set(down.map(Samples.name)),
      unwilling: Set(unwilling.map(Samples.name)))
    return Dictionary(
      uniqueKeysWithValues: zone.addresses.map { name, addresses in
        (zone.name(of: name), addresses.map(\.description))
      })
  }

  @Test func aGroupHasTheAddressesOfItsServingMembersAndEveryGuestItsOwn() {
    let found = zone([
      member(1, .serving), member(2, .serving), Samples.guest("one", lastByte: 9),
    ])
    #expect(
      found == [
        "web.covey": ["127.77.0.1", "127.77.0.2"], "web-1.covey": ["127.77.0.1"],
        "web-2.covey": ["127.77.0.2"], "one.covey": ["127.77.0.9"],
      ])
  }

  @Test func drainingStartingAndDeadMembersAreOut() {
    let states: [GuestState] = [.draining, .starting, .standby, .failed, .stopping, .serving]
    let found = zone(states.enumerated().map { member($0 + 1, $1) })
    #expect(found["web.covey"] == ["127.77.0.6"])
  }

  @Test func aGuestWithoutAMachineHasNoName() {
    let found = zone([
      Samples.guest("off", state: .stopped), Samples.guest("bad", state: .failed),
      Samples.guest("lost", state: .unknown, lastByte: 3),
    ])
    #expect(found == ["lost.covey": ["127.77.0.3"]])
  }

  @Test func aMemberThatChecksFindDownIsOut() {
    let members = [member(1, .serving), member(2, .serving), member(3, .serving)]
    #expect(zone(members, down: ["web-2"])["web.covey"] == ["127.77.0.1", "127.77.0.3"])
    #expect(zone(members, down: ["web-1", "web-2"])["web.covey"] == ["127.77.0.3"])
  }

  @Test func whenAllSeemDownAllAreAnsweredAndAnAnswerIsNeverEmpty() {
    let members = [member(1, .serving), member(2, .serving), member(3, .draining)]
    #expect(
      zone(members, down: ["web-1", "web-2", "web-3"])["web.covey"] == ["127.77.0.1", "127.77.0.2"])
  }

  @Test func anUnwillingMemberIsOutWhileAnotherServesAndIsPreferredToOneThatIsDown() {
    let members = [member(1, .serving), member(2, .serving), member(3, .serving)]
    #expect(zone(members, unwilling: ["web-1"])["web.covey"] == ["127.77.0.2", "127.77.0.3"])
    #expect(
      zone(members, down: ["web-2", "web-3"], unwilling: ["web-1"])["web.covey"] == ["127.77.0.1"])
    #expect(
      zone(members, down: ["web-1", "web-2", "web-3"], unwilling: ["web-1"])["web.covey"]?.count
        == 3)
  }

  @Test func ofAGuestAndAGroupOfOneNameTheGroupIsAnswered() {
    let found = zone([Samples.guest("web", lastByte: 9), member(1, .serving)])
    #expect(found["web.covey"] == ["127.77.0.1"])
  }

  @Test func aGuestAndAGroupMayNotShareAName() {
    let inventory = Samples.inventory(
      guests: [Samples.guest("one")], groups: [Samples.group("web")])
    let launch = LaunchRequest(name: web, template: Samples.name("tiny-web"))
    #expect(launch.decide(in: inventory, with: Samples.facts()) == .refuse(.nameOfGroup(web)))
    let one = Samples.name("one")
    let create = GroupRequest.create(Samples.spec())
    #expect(create.decide(one, in: inventory, at: .zero) == .refuse(.nameOfGuest(one)))
    for refusal in [Refusal.nameOfGroup(web), .nameOfGuest(one)] {
      #expect(refusal.problem.code == .exists && !refusal.problem.hint.isEmpty)
    }
  }

  @Test func aGroupLeavesOutAMembersNameThatAnotherGroupHas() {
    let inventory = Samples.inventory(
      groups: [Samples.group("web", desired: 2), Samples.group("web-1", desired: 0)])
    let names = inventory.groups[web]?.reconcile(in: inventory, at: .zero).compactMap { step in
      if case .launch(let request) = step { request.name.text } else { nil }
    }
    #expect(names == ["web-2", "web-3"])
  }

  @Test(arguments: ["127.0.0.1", "1.2", "", "Covey", "a_b", ".covey"])
  func aDomainThatNamesCannotEndWithIsRefused(_ text: String) {
    #expect(throws: Refusal.self) { try Zone.domain(text) }
  }
}
