import Testing

@testable import covey

struct UnitsTests {
  @Test(arguments: [
    (Int64(512), "512B"), (64 << 20, "64MiB"), (3 << 29, "1.5GiB"), (1 << 40, "1TiB"),
  ])
  func bytesTakeTheLargestUnit(_ count: Int64, _ text: String) {
    #expect(Units.bytes(count) == text)
  }

  @Test(arguments: [
    (0.84, "0.8s"), (5, "5s"), (17.4, "17s"), (125, "2m05s"), (600, "10m"), (7800, "2h10m"),
  ])
  func spansAreShort(_ seconds: Double, _ text: String) {
    #expect(Units.span(seconds) == text)
  }

  @Test func anUnmeasuredPercentageIsADash() {
    #expect(Units.percent(nil) == "-")
    #expect(Units.percent(41.6) == "42 %")
  }

  @Test func aBarIsNeverLongerThanItsWidth() {
    #expect(Units.bar(250, width: 4) == "[####]")
    #expect(Units.bar(50, width: 4) == "[##  ]")
    #expect(Units.bar(nil, width: 4) == "[    ]")
  }

  @Test func oneThingIsSingular() {
    #expect(Units.count(1, "guest") == "1 guest")
    #expect(Units.count(0, "guest") == "0 guests")
  }

  @Test func timesAreReadWithAndWithoutMilliseconds() {
    let exact = Moment.seconds(
      from: "2026-11-22T12:00:00.000Z", to: "2026-11-22T12:00:04.250Z")
    #expect(exact == 4.25)
    #expect(Moment.seconds(from: "2026-11-22T12:00:00Z", to: "2026-11-22T12:01:00Z") == 60)
    #expect(Moment.seconds(from: nil, to: "2026-11-22T12:01:00Z") == nil)
    #expect(Moment.clock("2026-11-22T12:00:04.250Z") == "12:00:04")
    #expect(Moment.clock("nonsense") == "nonsense")
  }
}
