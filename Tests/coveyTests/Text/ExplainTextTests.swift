import CoveyWire
import Testing

@testable import covey

struct ExplainTextTests {
  private let rounds = [
    Samples.round(9, cpu: 20, desired: 2), Samples.round(8, cpu: 21, desired: 2),
    Samples.round(7, cpu: 22, desired: 2),
    Samples.round(
      6, cpu: 90, move: "grow", rule: "above-threshold",
      reason: "mean CPU 90 % is over 40 % for 2s"),
    Samples.round(5, cpu: 88, rule: "waiting", reason: "mean CPU 88 % is over 40 % for 1s"),
  ]

  @Test func oneSentenceAnswersWhyItIsTheSizeItIs() {
    let group = Samples.group(size: 2, desired: 2, serving: 2)
    #expect(
      ExplainText.answer(group, rounds)
        == "web has 2 guests (desired 2, 2 serving, min 1, max 4); it last grew at 12:00:06, "
        + "because mean CPU 90 % is over 40 % for 2s; now: mean CPU is between the thresholds.")
  }

  @Test func aGroupWithoutRoundsOrChangesHasAnAnswerToo() {
    #expect(
      ExplainText.answer(Samples.group(), [])
        == "web has 1 guest (desired 1, 1 serving, min 1, max 4); no round has been decided yet.")
    #expect(
      ExplainText.answer(Samples.group(), [Samples.round(1, cpu: 3)])
        .contains("no round shown here changed it"))
  }

  @Test func roundsThatStayByTheSameRuleAreOneLine() {
    #expect(ExplainText.runs(of: rounds).map(\.count) == [3, 1, 1])
    let text = ExplainText.explain(
      Samples.group(size: 2, desired: 2, serving: 2), rounds, .plain)
    let lines = text.split(separator: "\n").dropFirst(2).map { $0.prefix(50) }
    #expect(
      lines == [
        "12:00:07 + 2s  stay x3  within           20 %     ",
        "12:00:06       grow     above-threshold  90 %     ",
        "12:00:05       stay     waiting          88 %     ",
      ])
  }
}
