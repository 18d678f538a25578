import Covey
import NIOCore
import NIOPosix
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct SocketReportsTests {
  private let web = Result { try Name("web-1") }

  private func found(_ manner: ReportingMember.Manner) async throws -> ReportFinding? {
    let member = try await ReportingMember(manner)
    let findings = await SocketReports().ask(
      [try web.get(): member.endpoint], within: .milliseconds(300))
    await member.close()
    return findings[try web.get()]
  }

  @Test func whatAMemberSaysIsRead() async throws {
    let expected = MemberReport(standing: .up, weight: 50, cost: 2)
    #expect(try await found(.says("up 50%\ncost 2\n")) == .said(expected))
  }

  @Test func nonsenseIsToldFromSilence() async throws {
    #expect(try await found(.says("banana\n")) == .nonsense("\"banana\" is no word of a report"))
    #expect(try await found(.says("")) == .nonsense("it is empty"))
    #expect(try await found(.mute) == .silent("no answer in 300ms"))
    let endless = String(repeating: "up ", count: 1000)
    #expect(try await found(.says(endless)) == .nonsense("it is longer than 1024 bytes"))
    let nobody = await SocketReports().ask(
      [try web.get(): try Endpoint("127.78.255.9:9")], within: .seconds(1))
    #expect(nobody[try web.get()] == .silent("connection refused"))
  }

  @Test func amongManyThatHangTheOthersAreHeard() async throws {
    let mute = try await ReportingMember(.mute)
    let good = try await ReportingMember(.says("ready\n"))
    var members: [Name: Endpoint] = [:]
    for number in 1...200 {
      members[try Name("web-\(number)")] = number % 2 == 0 ? mute.endpoint : good.endpoint
    }
    let findings = await SocketReports().ask(members, within: .seconds(2))
    #expect(findings.count == 200)
    #expect(findings.values.filter { $0.report?.standing == .up }.count == 100)
    await mute.close()
    await good.close()
  }
}
