import Testing

@testable import covey_bench

@Suite struct StatisticsTests {
  @Test func theMedianIsTheMiddleOrTheMeanOfTheTwoMiddleOnes() {
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(Statistics.median([4, 1, 2, 3]) == 2.5)
    #expect(Statistics.median([]).isNaN)
  }

  @Test func aPercentileIsASampleThatWasReallySeen() {
    let samples = (1...10).map(Double.init)
    #expect(Statistics.percentile(0.95, of: samples) == 10)
    #expect(Statistics.percentile(0.5, of: samples) == 5)
    #expect(Statistics.percentile(0.01, of: samples) == 1)
    #expect(Statistics.percentile(0.95, of: [7]) == 7)
    #expect(Statistics.percentile(0.95, of: []).isNaN)
  }

  @Test func aRatioIsThatOfTheMediansAndLiesInItsInterval() {
    let ratio = Statistics.ratio([20, 22, 21, 19], [1, 1.1, 0.9, 1])
    #expect(ratio.value == 20.5)
    #expect(ratio.low <= ratio.value && ratio.value <= ratio.high)
    #expect(ratio.low > 15 && ratio.high < 25)
  }

  @Test func theSameSamplesGiveTheSameInterval() {
    let once = Statistics.ratio([5, 6, 7, 9], [1, 2, 3])
    #expect(once == Statistics.ratio([5, 6, 7, 9], [1, 2, 3]))
  }

  @Test func oneSampleHasNoInterval() {
    #expect(Statistics.ratio([6], [2]) == Ratio(value: 3, low: 3, high: 3))
  }

  @Test func figuresHaveTheDigitsThatCount() {
    let pairs: [(Double, String)] = [
      (5141.4, "5,141"), (1_234_567, "1,234,567"), (187.2, "187"), (22.44, "22.4"), (1.214, "1.21"),
      (0.0412, "0.041"), (.nan, "-"), (.infinity, "-"),
    ]
    for (value, text) in pairs { #expect(Figures.short(value) == text) }
  }
}
