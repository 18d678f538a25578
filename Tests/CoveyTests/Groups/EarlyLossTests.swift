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

  @Test func aDiskThatServedIsStartedAgainThoughItDidNotLast() {
    var history = GroupHistory.serving(2, max: 4, disk: .persistent)
    history.signs.downSince = [history.name(1): history.now]
    history.pass(35)
    #expect(history.web.brake.isByLoss)
    #expect(history.members.map(\.name) == [history.name(1), history.name(2)])
    #expect(history.available == 2)
  }

  @Test func membersThatDoNotLastAreLaunchedLessAndLessUntilTheGroupWaitsForItsOwner() {
    var history = GroupHistory.serving(1, max: 3)
    var launches: [Int] = []
    for _ in 1...5 {
      let before = history.launches
      history.pass(240) { $0.lose(after: .seconds(2)) }
      launches.append(history.launches - before)
    }
    #expect(launches.reduce(0, +) == LaunchBrake.failuresUntilStop - 1)
    #expect(launches.first ?? 0 > launches.last ?? 0)
    #expect(history.web.brake.hasStopped)
    #expect(
      history.web.brake.lastProblem?.message
        == "web-1 served for 2s and was lost: its machine ended by itself")
    history.pass(1000)
    #expect(history.members.isEmpty)
    history.request(.retry)
    history.pass(3)
    #expect(history.available == 1)
  }

  @Test func membersThatStayReleaseTheBrakeAndThoseThatWereThereBeforeDoNot() throws {
    var history = GroupHistory.serving(2, max: 3)
    history.pass(100)
    history.note(.desiredChanged(history.group, to: 3, why: "load"))
    let third = history.name(3)
    history.pass(70) { $0.lose(after: .seconds(2)) { $0.name == third } }
    let failures = history.web.brake.failures
    #expect(failures > 3, "two that have served for long do not speak for the third")
    try history.restart()
    history.pass(140)
    #expect(history.available == 3)
    #expect(history.web.brake == LaunchBrake())
  }

  @Test func whatServedForLongIsReplacedAtOnce() {
    var history = GroupHistory.serving(3)
    history.pass(60)
    history.lose(after: .seconds(60))
    #expect(history.web.brake.failures == 0)
    history.pass(8)
    #expect(history.available == 3)
  }

  @Test func thoseThatAreLostTogetherAreOneFailure() {
    var history = GroupHistory.serving(30)
    history.lose(after: .zero)
    #expect(history.web.brake.failures == 1)
  }

  @Test func aMemberThatGoesDownSoonIsReplacedLessAndLess() {
    var history = GroupHistory.serving(3)
    history.pass(100)
    let first = history.name(1)
    let before = history.launches
    history.pass(3600) { history in
      guard history.inventory.guests[first]?.state == .serving else { return }
      history.signs.downSince[first] = history.signs.downSince[first] ?? history.now
    }
    #expect((15...25).contains(history.launches - before), "it went on though one was lost")
    #expect(history.web.brake.hasStopped)
  }

  @Test func aTrialWhoseSuccessorDoesNotLastHasFailed() {
    var history = GroupHistory.serving(5)
    history.pass(100)
    let old = Set(history.members.map(\.uuid))
    history.pass(80) { history in
      history.goDown()
      history.lose(after: .seconds(2)) { !old.contains($0.uuid) }
    }
    #expect((history.web.repair?.failures ?? 0) > 0)
    #expect(history.web.repair?.isProven == false)
    #expect(history.members.filter { old.contains($0.uuid) }.count == 3, "they may come back")
  }

  @Test func thoseThatCameJustBeforeMostWentDownDoNotFailATrial() {
    var history = GroupHistory.serving(4)
    let old = Set(history.members.map(\.uuid))
    history.pass(45) { history in
      for member in history.members where old.contains(member.uuid) {
        history.signs.downSince[member.name] = history.signs.downSince[member.name] ?? history.now
      }
    }
    #expect(history.web.repair == nil, "two of four are no longer most")
  }

  @Test func recordsFromBeforeStillDecode() throws {
    let text = #"{"failures": 2}"#
    let brake = try JSONDecoder().decode(LaunchBrake.self, from: Data(text.utf8))
    #expect(brake.failures == 2)
    #expect(!brake.isByLoss)
  }
}
