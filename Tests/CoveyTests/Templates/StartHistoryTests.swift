import Covey
import Foundation
import Support
import Testing

/// How long a start may take, by what starts took.
struct StartHistoryTests {
  @Test func tooFewStartsSayNothing() {
    let template = template(after: [.seconds(4), .seconds(4), .seconds(4), .seconds(4)])
    #expect(template.grace(of: .boot) == .seconds(60))
    #expect(template.starts?.times(of: .boot).count == 4)
  }

  @Test func aStartMayTakeThreeTimesWhatNearlyAllTook() {
    let template = template(after: Array(repeating: .seconds(4), count: 5) + [.seconds(5)])
    #expect(template.grace(of: .boot) == .seconds(15))
    #expect(template.grace(of: .fork) == .seconds(60), "forks are another matter")
  }

  @Test func graceIsNeverUnderTenSecondsNorOverTheTemplates() {
    #expect(
      template(after: Array(repeating: .milliseconds(300), count: 6)).grace(of: .boot)
        == .seconds(10))
    #expect(
      template(after: Array(repeating: .seconds(50), count: 6)).grace(of: .boot) == .seconds(60))
  }

  @Test func theLatestTwentyAreRemembered() {
    let slow = Array(repeating: Duration.seconds(19), count: 20)
    let template = template(after: slow + Array(repeating: .seconds(4), count: 20))
    #expect(template.starts?.times(of: .boot).count == StartHistory.kept)
    #expect(template.grace(of: .boot) == .seconds(12))
  }

  @Test func whatWasAskedForWinsOverWhatWasMeasured() throws {
    var inventory = Samples.inventory()
    inventory.templates["d1"] = template(after: Array(repeating: .seconds(4), count: 5))
    let name = Samples.name("one")
    let measured = LaunchRequest(name: name, template: Samples.name("tiny-web"))
    #expect(try wait(of: measured, in: inventory) == .seconds(12))
    let asked = LaunchRequest(
      name: name, template: Samples.name("tiny-web"), readyWithin: .seconds(45))
    #expect(try wait(of: asked, in: inventory) == .seconds(45))
  }

  @Test func aRecordFromBeforeThereWereHistoriesIsRead() throws {
    let data = try JSONEncoder().encode(Samples.template())
    #expect(!String(decoding: data, as: UTF8.self).contains("starts"))
    #expect(try JSONDecoder().decode(Template.self, from: data).starts == nil)
    let known = template(after: [.seconds(4)])
    #expect(
      try JSONDecoder().decode(Template.self, from: JSONEncoder().encode(known)) == known)
  }

  private func wait(of request: LaunchRequest, in inventory: Inventory) throws -> Duration? {
    guard case .proceed(let launch) = request.decide(in: inventory, with: Samples.facts()) else {
      return nil
    }
    return launch.plan.steps.compactMap { step in
      if case .awaitHealth(let within) = step { within } else { nil }
    }.first
  }

  /// Boots a guest again and again.
  private func template(after boots: [Duration]) -> Template {
    var inventory = Samples.inventory(guests: [Samples.guest("one")])
    var now = Timestamp.zero
    for (number, span) in boots.enumerated() {
      let id = "op\(number)"
      let start = Operation(
        id: id, verb: "start", guest: Samples.name("one"), group: nil,
        plan: Plan(
          [.startMachine, .awaitHealth(within: .seconds(60))], ending: .becomes(.running)),
        began: now)
      func note(_ event: Event) {
        inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: now, event: event))
      }
      note(.operationBegan(start, launching: nil))
      note(.stepBegan(id, cursor: 0))
      now = now + span
      note(.guestReady(Samples.name("one")))
      note(.operationDone(id))
    }
    return inventory.templates["d1"] ?? Samples.template()
  }
}
