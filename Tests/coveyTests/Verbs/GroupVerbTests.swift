import CoveyWire
import Foundation
import Synchronization
import Testing

@testable import covey

struct GroupVerbTests {
  /// A group that is settled from its second look on, and gone from its second look after a delete.
  private final class Daemon: Sendable {
    private let looks = Mutex(0)
    private let deleted = Mutex(false)
    let bodies = Mutex<[GroupSettingsBody]>([])
    let eventQueries = Mutex<[[String: String]]>([])

    func answer(_ request: StubDaemon.Request) throws -> StubDaemon.Reply {
      switch (request.method, request.path) {
      case ("GET", "/v1/groups"):
        let look = looks.withLock { count in
          count += 1
          return count
        }
        return try .json(
          ListView(revision: look, items: look > 1 && isDeleted ? [] : [group(look)]))
      case ("GET", "/v1/guests"):
        let members = [
          Samples.guest("web-1", group: "web", disk: "persistent"),
          Samples.guest("web-2", group: "web"), Samples.guest("one", disk: "persistent"),
        ]
        return try .json(ListView(revision: 1, items: members))
      case ("GET", "/v1/events"):
        eventQueries.withLock { $0.append(request.query) }
        return try .json(ListView(revision: 9, items: [Samples.event(9, "ready")]))
      case ("POST", "/v1/groups"), ("PATCH", "/v1/groups/web"):
        let body: GroupSettingsBody = try request.decoded()
        bodies.withLock { $0.append(body) }
        return try .json(InfoView(group(0)), status: 201)
      case ("GET", "/v1/groups/web"), ("POST", "/v1/groups/web/scale"),
        ("POST", "/v1/groups/web/pause"), ("POST", "/v1/groups/web/weight"):
        return try .json(InfoView(group(9)))
      case ("DELETE", "/v1/groups/web"):
        deleted.withLock { $0 = true }
        return try .json(InfoView(group(0)))
      case ("GET", "/v1/groups/web/rounds"):
        return try .json(ListView(revision: 9, items: [Samples.round(1, cpu: 3)]))
      case ("POST", "/v1/apply"):
        let body: ApplyBody = try request.decoded()
        let change = ApplyView.Change(subject: body.yaml, what: "created", fields: [])
        return try .json(ApplyView(dryRun: body.dryRun, changes: [change]))
      default:
        return try .error("not-found", "there is no group there", subject: request.path)
      }
    }

    private var isDeleted: Bool { deleted.withLock { $0 } }

    private func group(_ look: Int) -> GroupView {
      look < 2
        ? Samples.group(state: "growing", size: 1, desired: 1, serving: 0) : Samples.group()
    }
  }

  private func run(_ arguments: String..., daemon: Daemon = Daemon()) async throws -> Run {
    try await StubDaemon.run {
      try daemon.answer($0)
    } _: { socket in
      await covey(arguments, socket: socket)
    }
  }

  @Test func aWeightIsSentAndTheMembersAreShown() async throws {
    let run = try await run("group", "weight", "web", "web-1", "50")
    #expect(run.status == 0)
    #expect(try await self.run("group", "weight", "web", "web-1", "much").status == 64)
  }

  @Test func aCreateWaitsForNewsUntilTheGroupIsSettled() async throws {
    let daemon = Daemon()
    let run = try await run(
      "group", "create", "web", "--template", "tiny-web", "--listen", "127.0.0.1:8080",
      "--for", "2s", "--cpu-above", "40", daemon: daemon)
    #expect(run.status == 0)
    #expect(run.err == "create of group web: 0 of 1 serving, 1 guest\n")
    #expect(run.out == "web is steady: 1 of 1 serving on 127.0.0.1:8080\n")
    let body = try #require(daemon.bodies.withLock { $0.first })
    #expect(body.name == "web")
    #expect(body.for == "2s")
    #expect(body.cpuAbove == 40)
    #expect(body.max == nil)
    let query = try #require(daemon.eventQueries.withLock { $0.first })
    #expect(query["after"] == "1")
    #expect(query["wait"] == "5")
  }

  @Test func aSetSendsOnlyTheFieldsThatAreGiven() async throws {
    let daemon = Daemon()
    _ = try await run("group", "set", "web", "--max", "6", daemon: daemon)
    var expected = GroupSettingsBody()
    expected.max = 6
    #expect(daemon.bodies.withLock { $0 } == [expected])
  }

  @Test func aDeleteWaitsUntilTheGroupIsGone() async throws {
    let run = try await run("group", "delete", "web")
    #expect(run.status == 0)
    #expect(run.err == "delete of group web: 1 guest left\n")
    #expect(run.out == "group web is deleted\n")
  }

  @Test func aDeadlineExits75WithTheStageReached() async throws {
    let run = try await StubDaemon.run { request in
      let group = Samples.group(state: "growing", size: 2, desired: 2, serving: 1)
      if request.path == "/v1/groups" {
        return try .json(ListView(revision: 1, items: [group]))
      }
      return try .json(InfoView(group))
    } _: { socket in
      await covey(["group", "scale", "web", "2", "--timeout", "0s"], socket: socket)
    }
    #expect(run.status == 75)
    #expect(run.err.contains("is not done in time; it is at: 1 of 2 serving, 2 guests (deadline)"))
    #expect(run.err.contains("covey group watch web"))
  }

  @Test func dryRunsSayWhatWouldHappen() async throws {
    #expect(
      try await run("group", "scale", "web", "3", "--dry-run").out
        == "would launch 2 members of web: desired 1 -> 3\n")
    #expect(try await run("group", "scale", "web", "9", "--dry-run").out.contains("refused"))
    #expect(
      try await run("group", "delete", "web", "--dry-run").out == """
        would delete group web with web-1, web-2, and stop listening on 127.0.0.1:8080
        persistent disks that go: web-1

        """)
  }

  @Test func aDryRunOfASetShowsWhichFieldsWouldChangeAndChangesNothing() async throws {
    let daemon = Daemon()
    let changing = try await run(
      "group", "set", "web", "--max", "6", "--min", "1", "--memory", "256MiB", "--for", "2000ms",
      "--cooldown", "90s", "--dry-run", daemon: daemon)
    #expect(
      changing.out == """
        group web: would be changed
          max: 4 -> 6
          memory: template's -> 256MiB
          cooldown: 3s -> 90s

        """)
    let same = try await run("group", "set", "web", "--max", "4", "--dry-run", daemon: daemon)
    #expect(same.out == "group web: unchanged\n")
    #expect(daemon.bodies.withLock { $0 } == [])
  }

  @Test func amountsAreComparedHoweverTheyAreWritten() {
    var group = Samples.group()
    (group.memory, group.drainWithin) = (1 << 30, "1m")
    var settings = GroupSettingsBody()
    (settings.memory, settings.drainWithin) = ("1024M", "60s")
    #expect(GroupChanges.differences(group, settings) == [])
    settings.memory = "much"
    #expect(GroupChanges.differences(group, settings) == ["memory: 1GiB -> much"])
  }

  @Test func aCreateWhoseLaunchesFailSaysThatTheDaemonGoesOnAndHowToGiveUp() async throws {
    let run = try await StubDaemon.run { request in
      var group = Samples.group(state: "failing", size: 0, desired: 1, serving: 0)
      group.reason = "2 launches failed in a row"
      return request.method == "GET"
        ? try .json(ListView(revision: 1, items: [group])) : try .json(InfoView(group), status: 201)
    } _: { socket in
      await covey(
        ["group", "create", "web", "--template", "t", "--listen", "127.0.0.1:8080"], socket: socket)
    }
    #expect(run.status == 1)
    #expect(
      run.err == """
        covey: group web does not settle: 2 launches failed in a row (conflict)
          hint: the daemon goes on trying; look with: covey group info web, \
        covey group explain web; give up with: covey group delete web

        """)
  }

  @Test func aWatchWithoutATerminalPrintsLinesUntilTheGroupIsSettled() async throws {
    let run = try await run("group", "watch", "web", "--until-settled")
    #expect(run.status == 0)
    let event = "12:00:00  guest web-2: ready\n"
    #expect(run.out.hasPrefix(event + "web steady: size 1, desired 1, serving 1, CPU -"))
  }

  @Test func anExplanationStartsWithTheAnswer() async throws {
    #expect(try await run("group", "explain", "web").out.hasPrefix("web has 1 guest"))
  }

  @Test func anUnknownGroupIsAnError() async throws {
    #expect(try await run("group", "watch", "none").status == 1)
    #expect(try await run("group", "info", "none").status == 1)
  }

  @Test func aFileIsAppliedAsItIs() async throws {
    let path = "/tmp/covey-apply-\(UUID().uuidString).yaml"
    try "group web".write(toFile: path, atomically: true, encoding: .utf8)
    defer { unlink(path) }
    #expect(try await run("apply", "-f", path).out == "group web: created\n")
    #expect(
      try await run("apply", "-f", path, "--dry-run").out == "group web: would be created\n")
  }
}
