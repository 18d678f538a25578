import Covey
import CoveyEngine
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct HTTPHealthProbeTests {
  private let probe = HTTPHealthProbe()

  private func failure(_ path: String, within limit: Duration = .seconds(10)) async throws
    -> String?
  {
    let member = try await StandInMember(
      Name("guest"), at: IPv4Address(number: 127 << 24 | 78 << 16 | 254 << 8 | 1))
    let failure = await probe.failure(of: member.endpoint, path: path, within: limit)
    #expect(member.served("/followed") == 0)
    await member.kill()
    return failure
  }

  @Test func aGuestThatAnswersServes() async throws { #expect(try await failure("/") == nil) }

  @Test func aRedirectServesAndIsNotFollowed() async throws {
    #expect(try await failure("/elsewhere") == nil)
  }

  @Test func anErrorIsToldByItsStatus() async throws {
    #expect(try await failure("/fail") == "status 500")
  }

  @Test func aMuteGuestIsGivenUpAfterTheLimit() async throws {
    #expect(try await failure("/mute", within: .milliseconds(200)) == "no answer in 200ms")
  }

  @Test func aGuestThatHangsUpIsToldApart() async throws {
    #expect(try await failure("/drop") == "closed the connection without an answer")
  }

  @Test func anOddPathIsAFailureAndNoCrash() async throws {
    for path in ["health", " /", "/a b", ""] {
      _ = try await failure(path, within: .milliseconds(300))
    }
  }

  @Test func aRefusedConnectionIsReportedAtOnce() async throws {
    let member = try await StandInMember(
      Name("guest"), at: IPv4Address(number: 127 << 24 | 78 << 16 | 254 << 8 | 2))
    await member.kill()
    // A child that another test has just started may hold a copy of the listener for a while.
    try await eventually("it is refused") {
      await probe.failure(of: member.endpoint, path: "/", within: .seconds(30))
        == "connection refused"
    }
  }

  @Test func aRedirectIsRemarkedAndAPlainAnswerIsNot() async throws {
    let member = try await StandInMember(
      Name("guest"), at: IPv4Address(number: 127 << 24 | 78 << 16 | 254 << 8 | 3))
    for (path, words) in [("/elsewhere", "redirects to /followed"), ("/", nil), ("/fail", nil)] {
      let remark = await probe.remark(
        on: member.endpoint, path: path, within: .seconds(10))
      #expect(
        words.map { remark?.contains($0) == true } ?? (remark == nil), "\(path): \(remark ?? "")")
    }
    await member.kill()
    #expect(await probe.remark(on: member.endpoint, path: "/", within: .seconds(1)) == nil)
  }

  @Test func aRedirectToItselfIsToldApart() {
    for location in ["/health", "http://10.0.0.1:8080/health", "https://web.example/health"] {
      let remark = HTTPHealthProbe.remark(status: 301, location: location, path: "/health")
      #expect(remark.contains("redirects to itself"), "\(location)")
    }
    for location in ["/login", "http://10.0.0.1", nil] {
      let remark = HTTPHealthProbe.remark(status: 302, location: location, path: "/health")
      #expect(remark.contains("is not followed"), "\(location ?? "none")")
    }
  }
}
