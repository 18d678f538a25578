import Covey
import Support
import Testing

/// Guests whose machines QEMU holds, since there is no room for what they write.
struct HeldGuestTests {
  let held = Samples.guest(state: .held)

  @Test func itGoesOnInsteadOfBeingStartedAnew() throws {
    let start = try #require(plan(held, .start))
    #expect(start.steps.first == .goOn && !start.steps.contains(.destroy))
    #expect(start.ending == .becomes(.running) && start.undoesOnFailure)
  }

  @Test func itIsNotStoppedAsIfItHeardThePowerButton() throws {
    for request in [
      GuestRequest.stop(within: .seconds(20), force: false),
      .restart(within: .seconds(20), force: false),
    ] {
      guard case .refuse(.guestState(_, .held, _, let hint)) = decision(held, request) else {
        Issue.record("\(request) is not refused")
        continue
      }
      #expect(hint.contains("--force"))
    }
    #expect(try #require(plan(held, .stop(within: .zero, force: true))).steps == [.destroy])
  }

  @Test func whatMakesRoomRuns() throws {
    var held = held
    let base = Samples.name("base")
    held.disks.apply(.taken(Snapshot(name: base, layer: 0), turnedTo: 1), at: .zero)
    #expect(plan(held, .moveDisk(try MoveRequest(folder: "/srv/fast"))) != nil)
    #expect(plan(held, .deleteSnapshot(base)) != nil)
  }

  @Test func aMemberThatWaitsForRoomIsCountedAndLeftAlone() {
    let member = Samples.guest("web-1", group: "web", state: .held)
    let group = Samples.group(desired: 1)
    let inventory = Samples.inventory(guests: [member], groups: [group])
    #expect(group.reconcile(in: inventory, at: .zero).isEmpty)
    #expect(!group.isSettled(in: inventory))
  }

  private func decision(_ guest: Guest, _ request: GuestRequest) -> Decision<Plan> {
    guest.decide(request, in: Samples.inventory(guests: [guest]))
  }

  private func plan(_ guest: Guest, _ request: GuestRequest) -> Plan? {
    guard case .proceed(let plan) = decision(guest, request) else { return nil }
    return plan
  }
}
