import Covey
import Testing

@testable import CoveyTraffic

@Suite struct TrafficTableTests {
  private let web = Result { try Name("web") }

  @Test func recordedCountersAreReadByTheNamesOfTheirColumns() throws {
    let statistics = try TrafficTable.statistics(of: web.get(), in: Recordings.statistics)
    #expect(statistics.requests == 9 && statistics.failures == 8)
    #expect(statistics.queued == 0 && statistics.sessions == 0)
    let member = try #require(statistics.members[Name("m1")])
    #expect(member.requests == 9 && member.failures == 8 && member.sessions == 0)
    #expect(member.isUp && !member.isDraining && statistics.members.count == 1)
  }

  @Test func columnsMayComeInAnyOrderAndTextMayHoldCommas() throws {
    let text = """
      # last_chk,svname,pxname,status,qcur,econ,eresp,hrsp_5xx,req_tot,stot,scur,new
      ,FRONTEND,web,OPEN,,,,2,11,11,3,x
      "Not ""quite"", found",a,web,DRAIN,0,1,2,4,,8,1,x
      ,b,web,DOWN 1/3,0,0,0,0,,0,0,x
      ,c,web,MAINT,0,0,0,0,,0,0,x
      ,BACKEND,web,UP,5,0,0,2,11,11,4,x
      """
    let statistics = try TrafficTable.statistics(of: web.get(), in: text)
    #expect(statistics.queued == 5 && statistics.sessions == 4 && statistics.failures == 2)
    let member = try #require(statistics.members[Name("a")])
    #expect(member.isUp && member.isDraining && member.failures == 7 && member.requests == 8)
    #expect(statistics.members[try Name("b")]?.isUp == false)
    #expect(statistics.members[try Name("c")]?.isDraining == true)
  }

  @Test func aMissingColumnOrGroupIsAProblemAndNoZero() throws {
    let name = try web.get()
    for text in ["", "Unknown command", Recordings.statistics.replacing("hrsp_5xx", with: "x")] {
      let problem = #expect(throws: Problem.self) {
        try TrafficTable.statistics(of: name, in: text)
      }
      #expect(problem?.code == .unavailable)
    }
    let other = try Name("other")
    let problem = #expect(throws: Problem.self) {
      try TrafficTable.statistics(of: other, in: Recordings.statistics)
    }
    #expect(problem?.code == .notFound)
  }

  @Test func serversAreReadWithTheirAddressAndState() throws {
    let servers = try TrafficTable.servers(of: web.get(), in: Recordings.servers)
    #expect(servers.map(\.member.name.text) == ["m1", "m2"])
    #expect(servers.map(\.member.endpoint.description) == ["127.78.9.2:18081", "127.78.9.3:18081"])
    #expect(servers.map(\.weight) == [1, 50] && servers.map(\.member.weight) == [1, 100])
    #expect(servers.map { $0.member.report?.port } == [9707, nil])
    #expect(servers.map { $0.member.checked?.port } == [nil, 8081])
    #expect(servers.map(\.isAgentEnabled) == [false, true])
    #expect(servers.map(\.isReady) == [false, true] && servers.map(\.isUp) == [false, true])
  }

  @Test func aServerThatStartsSlowlyIsUpAndOneThatBeganDisabledIsReadyAgain() throws {
    // Operational state 1 is slow start; administrative state 4 is left of `disabled` after `ready`, 12 after `drain`.
    let rows = [("web-1", 1, 0), ("web-2", 2, 4), ("web-3", 2, 12), ("web-4", 0, 5)].map {
      "3 web 1 \($0) 127.78.9.2 \($1) \($2) 1 1 9 15 3 4 6 0 0 0 - 18081 - 0 0 - - 0"
    }
    let header = Recordings.servers.split(separator: "\n").prefix(2).joined(separator: "\n")
    let servers = try TrafficTable.servers(
      of: web.get(), in: ([header] + rows).joined(separator: "\n"))
    #expect(servers.map(\.isUp) == [true, true, true, false])
    #expect(servers.map(\.isReady) == [true, true, false, false])
  }
}
