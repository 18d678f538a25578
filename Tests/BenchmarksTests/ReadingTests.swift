import CoveyWire
import Foundation
import Testing

@testable import covey_bench

@Suite struct ReadingTests {
  @Test func idleTimeDoesNotCountAsLoadAndStolenTimeDoes() {
    let stat = "cpu  100 1 50 9000 700 2 3 4 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
    #expect(HostLoad.ticksBusy(in: stat) == 160)
    #expect(HostLoad.ticksBusy(in: "") == 0)
  }

  @Test func aProcessCountsWithItsReapedChildrenWhateverItsName() {
    let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 10 20 0 0 5 6 70 80 20 0 1 0 100 0 0"
    #expect(HostLoad.ticksUsed(in: stat) == 161)
    #expect(HostLoad.ticksUsed(in: "nonsense") == nil)
  }

  @Test func othersLoadIsWhatIsLeft() {
    let start = ContinuousClock.now
    let before = HostLoad(everyone: 100, own: 40, at: start)
    let after = HostLoad(everyone: 103, own: 42, at: start + .seconds(2))
    #expect(after.foreign(since: before) == 0.5)
    #expect(after.total(since: before) == 1.5)
  }

  @Test func onlyServersThatGetTrafficAreMembers() {
    let table = """
      1
      # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight
      3 web 1 web-1 127.77.8.2 2 0 1
      3 web 2 web-2 127.77.8.3 0 0 1
      3 web 3 web-3 127.77.8.4 2 1 1

      """
    #expect(BalancerTable.members(in: table) == ["web-1"])
    #expect(BalancerTable.members(in: "") == [])
  }

  @Test func anAnswerHasAStatusAndABody() throws {
    let answer = try #require(
      Attempts.parse(Array("HTTP/1.1 200 OK\r\nX: y\r\n\r\nweb-2\n".utf8)))
    #expect(answer.status == 200)
    #expect(answer.body == "web-2\n")
    #expect(Attempts.parse([]) == nil)
    #expect(Attempts.parse(Array("HTTP/1.1 200 OK\r\n".utf8)) == nil)
  }

  @Test func linesOfTheKernelAreReadByName() {
    #expect(HostMemory.kibibytes(of: "Pss", in: "Rss: 9 kB\nPss:   12 kB\nPss_Anon: 3 kB") == 12)
    let limits = "Max processes             96365                96366                processes\n"
    #expect(Podman.hardLimit("Max processes", in: limits) == 96366)
    #expect(Podman.hardLimit("Max open files", in: limits) == nil)
  }
}

@Suite struct TrafficReadingTests {
  @Test func heysFiguresAreAnswersAndFailures() {
    let report = HeyReport(
      "Status code distribution:\n  [200]\t180 responses\n  [503]\t3 responses\n\n"
        + "Error distribution:\n  [12]\tGet \"http://10.77.0.100\": context deadline exceeded\n")
    #expect(report.answered == 180 && report.failed == 15)
  }

  @Test func aNamesAddressesAreReadFromTheAnswer() {
    let question = NameQuestion.question("web.covey")
    #expect(question.count == 12 + 11 + 4)
    var answer = question
    answer[2] |= 0x80
    answer[7] = 2
    for last in [UInt8(2), 3] {
      answer += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 77, 0, last]
    }
    #expect(NameQuestion.addresses(in: answer) == ["127.77.0.2", "127.77.0.3"])
    #expect(NameQuestion.addresses(in: question) == nil)
    #expect(NameQuestion.addresses(in: Array(answer.dropLast())) == nil)
  }

  @Test func whatWasPlannedMustNotCostARequest() {
    var findings = Findings(
      date: "", command: "",
      host: HostFacts(
        processors: 2, memoryMiB: 1, fileSystem: "", accelerator: "tcg", acceleratorEvidence: "",
        build: "release", versions: [:]), rounds: 2)
    findings.disturbances = [
      DisturbanceFinding(
        template: "tiny-web", what: .grow,
        runs: [.init(answered: 900, failed: 0), .init(answered: 900, failed: 2)], misses: nil)
    ]
    let goals = Goals.of(findings).filter { $0.title.hasPrefix("failed requests") }
    #expect(goals.map(\.verdict) == [.missed, .notMeasured, .notMeasured])
    let text = MarkdownReport(findings: findings).text
    #expect(text.contains("| tiny-web | 2 | 1,802 | 2 | 1 | 2 | 2 |"))
  }
}
