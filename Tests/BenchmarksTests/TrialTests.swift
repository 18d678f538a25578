import CoveyWire
import Foundation
import Testing

@testable import covey_bench

@Suite struct TrialTests {
  @Test func sidesGoForwardsAndBackwardsByTurns() {
    let orders = (0..<4).map { Rounds.order(of: 3, in: $0) }
    #expect(orders == [[0, 1, 2], [2, 1, 0], [2, 1, 0], [0, 1, 2]])
  }

  @Test func theCrossingIsTheFirstRoundOverTheThresholdBeforeTheGrowth() {
    // Newest first, as the API gives them.
    let rounds = [
      round("5", cpu: 80, "stay"), round("4", cpu: 70, "grow"), round("3", cpu: 60, "stay"),
      round("2", cpu: 50, "stay"), round("1", cpu: 10, "stay"),
    ]
    #expect(ReactionTrial.crossing(in: rounds, over: 40) == "2")
    #expect(ReactionTrial.crossing(in: Array(rounds.suffix(3)), over: 40) == nil)
  }

  private func round(_ at: String, cpu: Double, _ move: String) -> RoundView {
    RoundView(
      at: at, cpu: [:], meanCPU: cpu, requestRate: nil, serving: 1, size: 1, desired: 1, move: move,
      rule: "", reason: "")
  }

  @Test func theStepsOfAForkAddUpToItsWholeTime() throws {
    let called = try #require(Moment.date("2026-11-22T10:00:00.000Z"))
    let events = [
      event("00.020", "operationBegan", "launch begins"), event("00.025", "stepBegan", "copying"),
      event("00.045", "stepBegan", "forking"), event("00.200", "operationDone", "done"),
      event("00.900", "stepBegan", "draining"),
    ]
    let steps = ForkSteps.of(events, from: called, to: called.addingTimeInterval(0.25))
    #expect(steps.map(\.name) == [ForkSteps.first, "copying", "forking", ForkSteps.last])
    let spans = steps.map { Int($0.milliseconds.rounded()) }
    #expect(spans == [20, 20, 155, 50])
  }

  @Test func aStepThatIsNotOverWhenThePageArrivesEndsWithIt() throws {
    let called = try #require(Moment.date("2026-11-22T10:00:00.000Z"))
    let events = [
      event("00.025", "stepBegan", "entering"), event("00.400", "operationDone", "done"),
    ]
    let steps = ForkSteps.of(events, from: called, to: called.addingTimeInterval(0.1))
    #expect(steps.map { Int($0.milliseconds.rounded()) } == [25, 75, 0])
  }

  private func event(_ seconds: String, _ kind: String, _ message: String) -> EventView {
    EventView(
      revision: 1, at: "2026-11-22T10:00:\(seconds)Z", kind: kind, subject: "guest web-2",
      group: "web", message: message)
  }

  @Test func aChoiceIsByNameAndAllWhenNoneIsNamed() throws {
    #expect(try BenchPlan.choose("fork, podman") as Set<SideKind> == [.fork, .podman])
    #expect(try BenchPlan.choose(nil) as Set<BenchPlan.Trial> == Set(BenchPlan.Trial.allCases))
    #expect(throws: Trouble.self) { try BenchPlan.choose("docker") as Set<SideKind> }
  }

  @Test func whatWasWrittenByHandStays() {
    let page = "# Title\n\nBy hand.\n\n\(MarkedPart.begin)\nold\n\(MarkedPart.end)\n\nMore.\n"
    let fresh = MarkedPart.replace(in: page, with: "new\n")
    #expect(
      fresh
        == "# Title\n\nBy hand.\n\n\(MarkedPart.begin)\n\nnew\n\n\(MarkedPart.end)\n\nMore.\n")
    #expect(MarkedPart.replace(in: "# Title\n", with: "new") == nil)
  }
}
