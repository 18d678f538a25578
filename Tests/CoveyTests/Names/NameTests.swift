import Covey
import Support
import Testing

struct NameTests {
  @Test(arguments: ["a", "web", "web-1", "a1", String(repeating: "x", count: 63)])
  func wellFormedNamesAreTaken(_ text: String) throws {
    #expect(try Name(text).text == text)
  }

  @Test(arguments: [
    "", "1a", "-a", "a-", "Web", "a_b", "a b", "a\nb", "café", "../etc", "<b/>", "a'b", "a;b",
    String(repeating: "x", count: 64),
  ])
  func malformedNamesAreRefused(_ text: String) {
    #expect(throws: Refusal.malformedName(text)) { try Name(text) }
  }

  @Test func membersSortByNumber() {
    let names = ["web-10", "web-2", "app", "web-1"].map(Samples.name)
    #expect(names.sorted().map(\.text) == ["app", "web-1", "web-2", "web-10"])
  }

  @Test(arguments: [
    ("512MiB", Int64(512) << 20), ("512M", 512 << 20), ("1GiB", 1 << 30), ("2g", 2 << 30),
    ("4096", 4096), ("64k", 65536),
  ])
  func sizesAreRead(_ text: String, _ bytes: Int64) throws {
    #expect(try ByteCount(text).bytes == bytes)
  }

  @Test(arguments: ["", "MiB", "-1", "1.5GiB", "1XB", "99999999999999999999", "9999999999TiB"])
  func malformedSizesAreRefused(_ text: String) {
    #expect(throws: Refusal.malformedSize(text)) { try ByteCount(text) }
  }

  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("10", .seconds(10)),
    ("5m", .seconds(300)), ("2.5s", .milliseconds(2500)), ("1h", .seconds(3600)),
  ])
  func durationsAreRead(_ text: String, _ duration: Duration) throws {
    #expect(try Duration(reading: text) == duration)
  }

  @Test(arguments: ["", "s", "-1s", "10d", "31000000s", "1e99h", "..s"])
  func malformedDurationsAreRefused(_ text: String) {
    #expect(throws: Refusal.malformedDuration(text)) { try Duration(reading: text) }
  }

  @Test(arguments: [
    "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "localhost:80", "127.1:80", "::1:80",
  ])
  func malformedEndpointsAreRefused(_ text: String) {
    #expect(throws: Refusal.malformedEndpoint(text)) { try Endpoint(text) }
  }

  @Test func everyRefusalSaysWhatAndWhatToDo() {
    let refusals: [Refusal] = [
      .malformedName("A"), .malformedSize("x"), .malformedDuration("x"), .malformedEndpoint("x"),
      .outOfRange(field: "max", value: "0", allowed: "1 to 10"), .minOverMax(min: 2, max: 1),
      .thresholdsCross(above: 10, below: 20),
      .thresholdsOscillate(above: 60, below: 40, from: 1, falls: 30),
      .portNotServed(template: Samples.name("t"), port: 81, ports: [80]),
      .noSuchGuest(Samples.name("web"), nearest: nil), .guestExists(Samples.name("web")),
      .groupFull(Samples.name("web"), max: 4, size: 4), .noAddressLeft(pool: "127.77.0.2"),
      .guestBusy(Samples.name("web"), verb: "start"),
      .templateInUse(Samples.name("t"), guests: [Samples.name("web")], groups: []),
      .versionInUse("d1", of: Samples.name("t"), guests: [Samples.name("web")], groups: []),
    ]
    for refusal in refusals {
      #expect(refusal.problem.code != .internal, "\(refusal)")
      #expect(!refusal.problem.message.isEmpty && !refusal.problem.hint.isEmpty, "\(refusal)")
    }
  }
}
