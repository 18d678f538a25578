import CoveyWire
import Testing

@testable import covey

struct GroupTextTests {
  private var busy: GroupView {
    var group = Samples.group(state: "growing", size: 2, desired: 2)
    group.cpuPercent = 63
    group.requestRate = 12.34
    group.traffic = TrafficView(requests: 100, failures: 1, queued: 2, sessions: 8)
    group.members = [
      Samples.member("web-1", cpu: 63), Samples.member("web-2", state: "starting"),
    ]
    return group
  }

  @Test func aListHasSizesAndLoad() {
    #expect(
      GroupText.list([busy], .plain) == """
        NAME  STATE    TEMPLATE  MIN  MAX  SIZE  DESIRED  SERVING  STANDBY  LISTEN           CPU  REQUESTS/S
        web   growing  tiny-web    1    4     2        2        1        -  127.0.0.1:8080  63 %        12.3

        """)
    #expect(GroupText.list([], .plain).contains("covey group create"))
  }

  @Test func anInfoHasPolicyTrafficAndMembers() {
    #expect(
      GroupText.info(busy, .plain) == """
        name      web
        state     growing
        size      2, desired 2, serving 1, min 1, max 4
        listen    127.0.0.1:8080, to port 80 of the members
        template  tiny-web
        members   ephemeral disk
        policy    one more over 40 %, one fewer under 15 % mean CPU, for 2s, cooldown 3s, every 1s
        drain     within 30s
        mean CPU  63 %
        requests  12.3 requests/s, 100 requests, 1 failure, 2 queued, 8 sessions
        created   2026-11-22 12:00:00 UTC

        MEMBER  STATE     START  ADDRESS      CPU  REQUESTS  SESSIONS  REASON
        web-1   serving   -      127.77.0.2  63 %         -         -
        web-2   starting  -      127.77.0.2     -         -         -

        """)
  }

  @Test func membersThatReportShowWhatTheySay() {
    var group = busy
    group.members?[0].report = "up 75%"
    group.members?[0].weight = 50
    group.members?[0].cost = 3
    group.members?[0].metrics = ["load": 0.25, "jobs": 2]
    group.members?[1].report = "nonsense"
    group.members?[1].reason = "its report is nonsense: it is empty"
    let members = GroupText.members(group.members ?? [], .plain)
    #expect(
      members == """
        MEMBER  STATE     START  ADDRESS      CPU  REQUESTS  SESSIONS  WEIGHT  REPORT    COST  METRICS            REASON
        web-1   serving   -      127.77.0.2  63 %         -         -      50  up 75%       3  jobs 2, load 0.25
        web-2   starting  -      127.77.0.2     -         -         -       -  nonsense     -                     its report is nonsense: it is empty

        """)
  }

  @Test func standbysAreCountedBesideTheMembers() {
    var group = busy
    (group.standby, group.waiting) = (2, 1)
    group.members?[1].start = "standby"
    #expect(GroupText.list([group], .plain).contains("      1      1/2  127"))
    let info = GroupText.info(group, .plain)
    #expect(info.contains("standby   1 of 2, paused and ready to serve\n"))
    #expect(info.contains("starting  standby  127.77.0.2"))
  }

  @Test func aFrameShowsBarsEventsAndTheVerdict() {
    var frame = WatchFrame(group: busy)
    frame.events = [Samples.event(7, "ready after 4.9s")]
    frame.verdict = Samples.round(9, cpu: 63, rule: "settling", reason: "still settling")
    #expect(
      frame.lines(.plain) == [
        "web growing  size 2  desired 2  serving 1  (min 1, max 4)  127.0.0.1:8080",
        "mean CPU 63 % [#############       ]  12.3 requests/s  1 failure  2 queued",
        "",
        "MEMBER  STATE                              CPU  REQUESTS  SESSIONS",
        "web-1   serving   [#############       ]  63 %         -         -",
        "web-2   starting  [                    ]     -         -         -",
        "",
        "12:00:00  guest web-2: ready after 4.9s",
        "policy stay (settling): still settling",
      ])
  }

  @Test func withoutATerminalALineComesOnlyWhenTheGroupChanges() {
    var view = WatchView(isLive: false, style: .plain)
    let frame = WatchFrame(group: busy)
    let first = view.show(frame, news: [], columns: 80, rows: 24)
    #expect(first == frame.line + "\n")
    #expect(view.show(frame, news: [], columns: 80, rows: 24) == "")
    let news = view.show(frame, news: [Samples.event(8, "ready")], columns: 80, rows: 24)
    #expect(news == "12:00:00  guest web-2: ready\n")
  }

  @Test func aPlainLineHasEachMembersStateAndLoad() {
    #expect(
      WatchFrame(group: busy).line
        == "web growing: size 2, desired 2, serving 1, CPU 63 %, 12.3 requests/s, 1 failure; "
        + "web-1 serving 63 %, web-2 starting")
  }

  @Test func aHeartbeatPrintsALineNowAndThen() {
    var view = WatchView(isLive: false, style: .plain, heartbeat: 2)
    let frame = WatchFrame(group: busy)
    let texts = (0..<4).map { _ in view.show(frame, news: [], columns: 80, rows: 24) }
    #expect(texts.map(\.isEmpty) == [false, true, false, true])
  }

  @Test func onATerminalTheViewIsDrawnInPlaceAndCutToItsSize() {
    var area = LiveArea()
    #expect(area.draw(["abcdef", "x"], columns: 3, rows: 24) == "abc\nx\n")
    #expect(area.draw(["y", "z", "w"], columns: 3, rows: 3) == "\u{1B}[2A\r\u{1B}[Jy\nz\n")
    #expect(area.erase() == "\u{1B}[2A\r\u{1B}[J")
    #expect(area.erase() == "")
  }

  @Test func coloursTakeNoRoom() {
    #expect(LiveArea.cut("\u{1B}[32mabc\u{1B}[0mdef", to: 4) == "\u{1B}[32mabc\u{1B}[0md")
  }
}
