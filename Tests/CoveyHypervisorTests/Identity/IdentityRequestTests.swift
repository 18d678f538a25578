import Covey
import Testing

@testable import CoveyHypervisor

struct IdentityRequestTests {
  static let seed = [UInt8](0..<64)
  static let now = Timestamp(milliseconds: 1_700_000_000_007)

  private func lines(_ request: IdentityRequest) -> [String] {
    request.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func aForkIsToldEverythingInTheOrderOfTheDocument() {
    let request = IdentityRequest.whole(
      for: GuestSamples.guest("web-1"), seed: Self.seed, at: Self.now)
    let digits =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      + "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    #expect(
      lines(request).dropFirst() == [
        "seed \(digits)", "time 1700000000.007000000", "hostname web-1",
        "machine-id 3f1c0a527d644c0e9a550c5fe1a2b3d4", "mac 52:54:00:a2:b3:d4",
        "ssh-keys renew", "", "",
      ])
  }

  @Test func aStandbyIsToldTheTimeAndGetsASeedAndNothingElse() {
    let request = IdentityRequest.moment(seed: Self.seed, at: Self.now)
    #expect(request.keys == [.seed, .time])
  }

  @Test func whatIsFrozenOnlyWritesItsDisk() {
    #expect(lines(.sync).dropFirst() == ["sync -", "", ""])
    var renewing = IdentityRequest()
    renewing.renewsLease = true
    #expect(lines(renewing).dropFirst() == ["lease renew", "", ""])
  }

  @Test func theTagComesFirstAndTellsRequestsApart() {
    let first = IdentityRequest.moment(seed: Self.seed, at: Self.now)
    let second = first.later(by: .milliseconds(1))
    #expect(lines(first).first == "tag \(first.tag)")
    #expect(first.tag != second.tag)
    #expect((1...16).contains(first.tag.count))
    #expect(first.tag.allSatisfy { $0.isHexDigit })
  }

  @Test func aRequestThatIsSentLaterTellsALaterTime() {
    let request = IdentityRequest.moment(seed: Self.seed, at: Self.now)
    #expect(lines(request.later(by: .seconds(3)))[2] == "time 1700000003.007000000")
    #expect(IdentityRequest.sync.later(by: .seconds(3)) == .sync)
  }

  @Test func aRequestStaysWithinWhatTheProgramTakes() {
    let name = String(repeating: "a", count: 63)
    var request = IdentityRequest.whole(
      for: GuestSamples.guest(name), seed: Self.seed, at: Self.now)
    request.address = "255.255.255.255/32"
    request.renewsLease = true
    request.syncs = true
    request.grows = true
    #expect(request.text.utf8.count <= 2048)
    #expect(request.keys == IdentityRequest.Key.allCases)
  }
}
