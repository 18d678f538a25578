import Covey
import Foundation
import Support
import Testing

/// Members that are lost: those that cannot be replaced at once, and those that do not last.
struct EarlyLossTests {
  @Test func aSeatThatCannotBeFilledKeepsNoDeadMemberFromBeingReplaced() {
    var history = GroupHistory.serving(3, max: 4)
    history.note(.desiredChanged(history.group, to: 4, why: "load"))
    history.pass(100, room: 3)
    #expect(history.web.brake.failures > 0)
    for number in [2, 1] {
      history.note(
        .guestFound(history.name(number), .stopped, reason: "its machine ended by itself"))
    }
    history.pass(130, room: 3)
    #expect(history.available == 3)
    #expect(history.members.allSatisfy { $0.state == .serving })
  }

  @Test func aDiskOfItsOwnIsStartedAgainThoughAnotherSeatCannotBeFilled() {
    var history = GroupHistory.serving(3, max: 4, disk: .persistent)
    history.note(.desiredChanged(history.group, to: 4, why: "load"))
    history.pass(100, room: 3)
    let uuid = history.member(2)?.uuid
    history.note(.guestFound(history.name(2), .stopped, reason: "its machine ended by itself"))
    history.pass(130, room: 3)
    #expect(history.member(2)?.state == .serving)
    #expect(history.member(2)?.uuid == uuid)
  }
}
