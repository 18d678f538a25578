import CoveyWire
import Foundation
import Testing

@testable import covey

struct DemoTests {
  private let summary = """
    Running 1m test @ http://127.0.0.1:8080/cgi-bin/work
      1 threads and 8 connections
      Thread Stats   Avg      Stdev     Max   +/- Stdev
        Latency   502.20ms  201.01ms   1.81s    72.14%
        Req/Sec    15.26      6.61    29.00     90.00%
      612 requests in 41.52s, 101.24KB read
    """

  @Test func aCleanRunOfWrkHasNoFailures() throws {
    let report = try WrkReport(summary)
    #expect(report.requests == 612)
    #expect(report.seconds == 41.52)
    #expect(report.failures == 0)
  }

  @Test func badAnswersAndSocketErrorsAreFailures() throws {
    let report = try WrkReport(
      summary + """

          Socket errors: connect 1, read 2, write 3, timeout 4
          Non-2xx or 3xx responses: 5
        Requests/sec:     14.73
        """)
    #expect(report.socketErrors == 10)
    #expect(report.badAnswers == 5)
    #expect(report.failures == 15)
  }

  @Test func aLongRunIsGivenInMinutes() throws {
    #expect(try WrkReport("  9 requests in 1.25m, 1.00KB read").seconds == 75)
  }

  @Test func wrkWithoutASummaryIsAnErrorWithItsWords() {
    let error = #expect(throws: ErrorView.self) {
      try WrkReport("unable to connect to 127.0.0.1:8080 Connection refused")
    }
    #expect(error?.message.contains("Connection refused") == true)
  }

  private var grown: DemoFindings {
    var start = Samples.group()
    var first = Samples.member("web-1")
    first.startedAt = "2026-11-22T11:59:50.000Z"
    first.readyAt = "2026-11-22T11:59:54.900Z"
    start.members = [first]
    start.traffic = TrafficView(requests: 3, failures: 1, queued: 0, sessions: 0)
    var findings = DemoFindings(start: start)
    var second = Samples.member("web-2")
    second.firstServedAt = "2026-11-22T12:00:12.500Z"
    var third = Samples.member("web-3")
    third.firstServedAt = "2026-11-22T12:00:30.000Z"
    var busy = Samples.group(size: 3, desired: 3, serving: 3)
    busy.members = [first, second, third]
    busy.traffic = TrafficView(requests: 900, failures: 1, queued: 0, sessions: 0)
    findings.note(busy)
    findings.note(start)
    findings.rounds = [
      Samples.round(20, cpu: 80, move: "grow", rule: "above-threshold"),
      Samples.round(7, cpu: 90, move: "grow", rule: "above-threshold"),
      Samples.round(6, cpu: 88), Samples.round(5, cpu: 60), Samples.round(4, cpu: 12),
      Samples.round(3, cpu: 70),
    ]
    return findings
  }

  @Test func theCrossingIsTheFirstRoundOfTheRunThatLedToTheFirstGrowth() {
    #expect(grown.crossing == "2026-11-22T12:00:05.000Z")
    #expect(grown.crossingToServing == 7.5)
  }

  @Test func theColdBootIsTheFirstMembers() {
    let boot = grown.coldBoot ?? 0
    #expect(abs(boot - 4.9) < 0.001)
  }

  @Test func aDemoThatShowedItAllMissesNothing() throws {
    var findings = grown
    findings.wrk = try WrkReport(summary)
    #expect(findings.missed.isEmpty)
    #expect(findings.largestSize == 3)
    #expect(findings.failedRequests == 0)
    let text = DemoText.summary(findings, listen: "127.0.0.1:8080", .plain)
    #expect(text.contains("requests                                 612 in 42s\n"))
    #expect(text.contains("threshold crossed to new member serving  7.5 s\n"))
    #expect(text.contains("cold boot                                4.9 s\n"))
    #expect(text.contains("What to try next:"))
  }

  @Test func aDemoThatDidNotSaysWhichPromiseWasBroken() throws {
    var findings = DemoFindings(start: Samples.group())
    var busy = Samples.group(size: 2, desired: 2, serving: 2)
    busy.traffic = TrafficView(requests: 10, failures: 2, queued: 0, sessions: 0)
    findings.note(busy)
    findings.wrk = try WrkReport(summary)
    #expect(
      findings.missed == [
        "the group did not reach 3 serving members (it reached 2)",
        "the group did not return to 1 member",
        "requests failed (0 seen by wrk, 2 by the balancer)",
      ])
    #expect(Failure(DemoText.failure(findings.missed)).status == 1)
  }

  @Test func onlyProcessesOfTheDemosFolderAreLeftovers() {
    let all = [
      Leftovers.Process(id: 7, arguments: ["qemu", "-name", "/tmp/covey-demo-a/x"]),
      Leftovers.Process(id: 8, arguments: ["qemu", "-name", "/tmp/covey-demo-b/x"]),
      Leftovers.Process(id: 9, arguments: ["covey", "/tmp/covey-demo-a"]),
    ]
    #expect(Leftovers.mentioning("/tmp/covey-demo-a", among: all, but: 9).map(\.id) == [7])
  }

  @Test func aProcessThatIsThereIsAliveAndOneThatIsNotIsNot() {
    #expect(Leftovers.isAlive(getpid()))
    #expect(!Leftovers.isAlive(Int32.max))
  }

  @Test func aPortThatSomebodyListensOnIsNotFree() throws {
    let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    #expect(inet_pton(AF_INET, "127.0.0.1", &address.sin_addr) == 1)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #expect(bind(probe, $0, size) == 0)
        #expect(listen(probe, 1) == 0)
        #expect(getsockname(probe, $0, &size) == 0)
      }
    }
    let port = UInt16(bigEndian: address.sin_port)
    #expect(!PortProbe.isFree("127.0.0.1:\(port)"))
  }

  @Test func controlBracketLeavesTheConsole() {
    let typed: [UInt8] = [0x61, 0x1D, 0x62]
    let keys = ConsoleKeys.read(typed[...])
    #expect(Array(keys.forGuest) == [0x61])
    #expect(keys.leaves)
    #expect(!ConsoleKeys.read(typed[..<1]).leaves)
  }

  @Test func theLastLinesOfALogKeepAnUnfinishedOne() {
    #expect(GuestLogs.last(2, of: "a\nb\nc\n") == "b\nc\n")
    #expect(GuestLogs.last(2, of: "a\nb\nc") == "b\nc")
    #expect(GuestLogs.last(9, of: "a\n") == "a\n")
  }
}
