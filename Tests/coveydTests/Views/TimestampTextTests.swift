import Covey
import Testing

@testable import coveyd

struct TimestampTextTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"),
      (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
      (951_827_696_999, "2000-02-29T12:34:56.999Z"),
      (1_798_761_599_999, "2026-12-31T23:59:59.999Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func timesAreRFC3339InUTCWithMilliseconds(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).text == text)
  }

  @Test func noMillisecondIsRoundedToItsNeighbour() {
    let wrong = (0..<1000).filter { offset in
      let digits = String(offset)
      let fraction = String(repeating: "0", count: 3 - digits.count) + digits
      let text = Timestamp(milliseconds: 1_763_900_000_000 + Int64(offset)).text
      return !text.hasSuffix(".\(fraction)Z")
    }
    #expect(wrong.isEmpty)
  }

  @Test func laterTimesSortLater() {
    let texts = stride(from: Int64(0), to: 2_000_000_000_000, by: 86_399_999_999)
      .map { Timestamp(milliseconds: $0).text }
    #expect(texts == texts.sorted())
  }
}
