import Covey
import Foundation
import Support
import Testing

/// What is remembered of how a guest's machine ended.
struct HardEndTests {
  let base = Samples.name("base")

  @Test func aGuestThatNeverRanLacksNothing() {
    #expect(Samples.guest(state: .defined).consistencyAtRest == .off)
  }

  @Test func onlyAPowerOffThatWasSeenLeavesNothingMissing() {
    var inventory = ran()
    #expect(db(inventory).consistencyAtRest == .crash)
    inventory.apply(event(.guestPoweredOff(db(inventory).name)))
    #expect(db(inventory).consistencyAtRest == .off)
    begin(&inventory, "op2")
    #expect(db(inventory).consistencyAtRest == .crash, "it writes again")
  }

  @Test func whatIsFoundOutsideIsNotBelieved() {
    var inventory = ran()
    inventory.apply(event(.guestPoweredOff(db(inventory).name)))
    inventory.apply(event(.guestFound(db(inventory).name, .starting, reason: "started outside")))
    #expect(db(inventory).endedHard)
    inventory.apply(event(.guestPoweredOff(db(inventory).name)))
    inventory.apply(event(.guestAdopted(db(inventory))))
    #expect(db(inventory).endedHard, "its record may be older than its machine")
  }

  @Test(arguments: [false, true])
  func theStateThatARestoreLeavesSaysHowItsMachineEnded(_ isPoweredOff: Bool) throws {
    var inventory = ran()
    let name = db(inventory).name
    var taken = Snapshot(name: base, layer: 0)
    taken.consistency = .off
    inventory.apply(event(.diskChanged(name, .taken(taken, turnedTo: 1))))
    if isPoweredOff { inventory.apply(event(.guestPoweredOff(name))) }
    let left = Snapshot(name: Samples.name("left-1"), layer: 1)
    inventory.apply(event(.diskChanged(name, .restored(base, onto: 2, left: left))))
    let kept = try #require(db(inventory).disks.snapshot(left.name))
    #expect(kept.consistency == (isPoweredOff ? .off : .crash))
    #expect(db(inventory).endedHard == !isPoweredOff, "its layers are looked at when it starts")
  }

  @Test func whatGoesBackToAPowerCutIsAsAfterOne() {
    var inventory = ran()
    let name = db(inventory).name
    inventory.apply(event(.diskChanged(name, .taken(Snapshot(name: base, layer: 0), turnedTo: 1))))
    inventory.apply(event(.guestPoweredOff(name)))
    inventory.apply(event(.diskChanged(name, .restored(base, onto: 2, left: nil))))
    #expect(db(inventory).consistencyAtRest == .crash)
  }

  /// Records from before it was noted.
  @Test func anOlderRecordIsRead() throws {
    let inventory = ran()
    let record = try JSONEncoder().encode(db(inventory))
    var fields = try #require(JSONSerialization.jsonObject(with: record) as? [String: Any])
    fields["poweredOff"] = nil
    let old = try JSONDecoder().decode(
      Guest.self, from: JSONSerialization.data(withJSONObject: fields))
    #expect(old.endedHard)
  }

  /// A guest whose machine was started.
  private func ran() -> Inventory {
    var inventory = Samples.inventory(guests: [Samples.guest(state: .stopped)])
    begin(&inventory, "op1")
    return inventory
  }

  private func begin(_ inventory: inout Inventory, _ id: String) {
    let operation = Operation(
      id: id, verb: "start", guest: db(inventory).name, group: nil,
      plan: Plan([.startMachine], ending: .becomes(.running)), began: .zero)
    inventory.apply(event(.operationBegan(operation, launching: nil)))
    inventory.apply(event(.stepBegan(id, cursor: 0)))
  }

  private func event(_ event: Event) -> LoggedEvent {
    LoggedEvent(revision: 1, at: .zero, event: event)
  }

  private func db(_ inventory: Inventory) -> Guest {
    inventory.guests[Samples.name("db")] ?? Samples.guest()
  }
}
