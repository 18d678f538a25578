import Covey
import Testing

@testable import CoveyHypervisor

struct IdentityReplyTests {
  let request = IdentityRequest.moment(
    seed: IdentityRequestTests.seed, at: IdentityRequestTests.now)
  let guest = GuestSamples.guest("web-1")

  private func read(_ text: String, pieces: Int = 4096) throws -> IdentityReply? {
    var reader = IdentityReplyReader(for: request)
    var rest = Array(text.replacing("TAG", with: request.tag).utf8)[...]
    while !rest.isEmpty {
      if let reply = try reader.take(rest.prefix(pieces)) { return reply }
      rest = rest.dropFirst(pieces)
    }
    return nil
  }

  private func problem(_ text: String) throws -> Problem? {
    try #require(try read(text)).problem(for: request, to: guest)
  }

  @Test(arguments: [1, 2, 7, 4096])
  func aReplyIsReadInPiecesOfAnySize(_ pieces: Int) throws {
    let reply = try read("done seed\ndone time\nend TAG\n", pieces: pieces)
    #expect(
      reply?.lines == [.init(key: "seed", outcome: .done), .init(key: "time", outcome: .done)])
    #expect(reply?.problem(for: request, to: guest) == nil)
  }

  @Test(arguments: [
    "", "done seed", "done seed\ndone time\n", "done seed\ndone time\nend TAG", "end",
  ])
  func halfAReplyIsNone(_ text: String) throws { #expect(try read(text) == nil) }

  @Test(arguments: [
    "end\n", "done sync\nend\n", "failed time no\nend 1f\n", "done seed\ndone time\nend 0\n",
  ])
  func aReplyToSomebodyElseIsDropped(_ old: String) throws {
    #expect(try read(old) == nil)
    #expect(try problem("\(old)done seed\ndone time\nend TAG\n") == nil)
  }

  @Test func aGuestThatCannotReadTheRequestSaysSoWithoutItsTag() throws {
    let problem = try #require(try problem("failed request it is too long\nend\n"))
    #expect(problem.message.contains("request failed: it is too long"))
  }

  @Test(arguments: [
    "hello\n", "done\n", "done a b\n", "failed time\n", "\u{0}\n", "\n", "end a b\n", "\u{FFFD}\n",
  ])
  func whatIsNoReplyIsRefused(_ text: String) throws {
    #expect(throws: IdentityReplyReader.Malformed.self) { try read(text) }
  }

  @Test func aGuestThatTalksForEverIsRefused() {
    let text = String(repeating: "done seed\n", count: IdentityReplyReader.longest)
    #expect(throws: IdentityReplyReader.Malformed.self) { try read(text) }
    let line = String(repeating: "x", count: IdentityReplyReader.longest + 1)
    #expect(throws: IdentityReplyReader.Malformed.self) { try read(line) }
  }

  @Test func aFailureNamesGuestKeyAndReason() throws {
    let problem = try #require(
      try problem("failed seed /dev/urandom: Operation not permitted\ndone time\nend TAG\n"))
    #expect(problem.code == .unavailable)
    #expect(problem.subject == "guest web-1")
    #expect(
      problem.message
        == "guest \"web-1\" did not take its identity: seed failed: /dev/urandom: Operation not permitted"
    )
    #expect(problem.hint.contains("tiny-web"))
  }

  @Test func aKeyThatIsUnknownPointsToAnOlderProgram() throws {
    let problem = try #require(try problem("unknown seed\nfailed time no\nend TAG\n"))
    #expect(problem.code == .unsupported)
    #expect(problem.message.hasSuffix("seed is unknown to it; time failed: no"))
    #expect(problem.hint.contains("covey template lint tiny-web"))
  }

  @Test(arguments: [
    "end TAG\n", "done seed\nend TAG\n", "done time\ndone seed\nend TAG\n",
    "done seed\ndone time\ndone mac\nend TAG\n",
  ])
  func aReplyThatDoesNotMatchTheRequestIsAProblem(_ text: String) throws {
    #expect(try problem(text)?.code == .unavailable)
  }
}
