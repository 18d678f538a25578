import CoveyWire
import Foundation
import Synchronization
import Testing

@testable import covey

struct GuestVerbTests {
  /// A daemon with the guests `one` and `two` whose operations are done at the second look.
  private static func daemon(_ request: StubDaemon.Request) throws -> StubDaemon.Reply {
    switch (request.method, request.path) {
    case ("GET", "/v1/guests"):
      let guests = [Samples.guest("one"), Samples.guest("two", state: "serving", group: "web")]
      return try .json(ListView(revision: 4, items: guests))
    case ("GET", "/v1/groups/web"):
      return try .json(InfoView(Samples.group()))
    case ("GET", "/v1/guests/one"), ("GET", "/v1/guests/two"):
      return try .json(InfoView(Samples.guest(String(request.path.suffix(3)))))
    case ("GET", "/v1/guests/one/logs"):
      let lines = (1...(Int(request.query["lines"] ?? "") ?? 0)).map { "line \($0)" }
      return try .json(LogView(guest: "one", lines: lines))
    case ("POST", "/v1/guests"):
      let body: LaunchBody = try request.decoded()
      guard body.template == "tiny-web" else {
        return try .error("not-found", "there is no template \(body.template)")
      }
      return try .json(Samples.operation("launch", "guest \(body.name)"), status: 202)
    case ("POST", "/v1/guests/one/stop"), ("DELETE", "/v1/guests/one"):
      return try .json(Samples.operation("stop", "guest one"), status: 202)
    case ("POST", "/v1/guests/two/stop"):
      return try .error("conflict", "two is busy", subject: "two")
    case ("GET", "/v1/operations/op1"):
      guard request.query["after"] != nil else {
        return try .json(Samples.operation())
      }
      return try .json(Samples.operation(status: "done", stage: "done", revision: 2))
    default:
      return try .error("not-found", "there is no guest there", subject: request.path)
    }
  }

  private func run(_ arguments: String...) async throws -> Run {
    try await StubDaemon.run(answer: Self.daemon) { await covey(arguments, socket: $0) }
  }

  @Test func aListIsATableANameListOrJSON() async throws {
    #expect(try await run("list").out.hasPrefix("NAME  STATE"))
    #expect(try await run("list", "-q").out == "one\ntwo\n")
    #expect(try await run("list", "-q", "--group", "web").out == "two\n")
    let json = try await run("list", "--format", "json").out
    let list = try JSONDecoder().decode(ListView<GuestView>.self, from: Data(json.utf8))
    #expect(list.items.map(\.name) == ["one", "two"])
    #expect(list.schemaVersion == 1)
  }

  @Test func listingAGroupThatDoesNotExistIsAnError() async throws {
    let run = try await run("list", "--group", "no")
    #expect(run.status == 1)
    #expect(run.err.contains("(not-found)"))
  }

  @Test func aLaunchWaitsWithOneLinePerStageAndSaysWhereTheGuestIs() async throws {
    let run = try await run("launch", "one", "--template", "tiny-web")
    #expect(run.status == 0)
    #expect(run.err == "launch of guest one: powering off\nstop of guest one: done\n")
    #expect(run.out.hasPrefix("one is running at 127.77.0.2"))
  }

  @Test func withoutWaitingALaunchPrintsTheOperationsIdentifier() async throws {
    let run = try await run("launch", "one", "--template", "tiny-web", "--no-wait")
    #expect(run.out == "op1\n")
    #expect(run.err == "")
  }

  @Test func aRefusalIsToldWithItsCodeAndHint() async throws {
    let run = try await run("launch", "one", "--template", "big")
    #expect(run.status == 1)
    #expect(run.err == "covey: there is no template big (not-found)\n  hint: do this\n")
  }

  @Test func aRefusalInJSONIsAnObjectOnStandardError() async throws {
    let run = try await run("launch", "one", "--template", "big", "--format", "json")
    let body = try JSONDecoder().decode(ErrorBody.self, from: Data(run.err.utf8))
    #expect(body.error.code == "not-found")
    #expect(body.error.hint == "do this")
    #expect(run.out == "")
  }

  @Test func nothingIsTouchedWhenOneOfSeveralGuestsIsMissing() async throws {
    let changed = Mutex(false)
    let run = try await StubDaemon.run { request in
      if request.method != "GET" { changed.withLock { $0 = true } }
      return try Self.daemon(request)
    } _: { socket in
      await covey(["stop", "one", "three"], socket: socket)
    }
    #expect(run.status == 1)
    #expect(changed.withLock { $0 } == false)
  }

  @Test func theOthersAreDoneWhenOneOfSeveralGuestsIsRefused() async throws {
    let run = try await run("stop", "one", "two")
    #expect(run.status == 1)
    #expect(run.out == "stop of guest one: done in 1.2s\n")
    #expect(run.err.hasSuffix("covey: two is busy (conflict)\n  hint: do this\n"))
  }

  @Test func aDryRunChangesNothing() async throws {
    let run = try await run("delete", "one", "two", "--force", "--dry-run")
    #expect(run.status == 0)
    #expect(run.out == "would delete one (running)\nwould delete two (running)\n")
  }

  @Test func aDryRunOfADeleteNamesThePersistentDisksThatGo() {
    let guests = [Samples.guest("one", state: "stopped", disk: "persistent"), Samples.guest("two")]
    #expect(
      GuestBatch.plan("delete", guests)
        == "would delete one (stopped) with its persistent disk\nwould delete two (running)\n")
    #expect(GuestBatch.plan("stop", [guests[0]]) == "would stop one (stopped)\n")
  }

  @Test func severalFailuresBecomeOneError() throws {
    let error = ErrorView(code: "conflict", message: "busy", subject: "x", hint: "wait")
    let summary = try #require(
      GuestBatch.summary("stop", [("one", error), ("two", error)], of: 3))
    #expect(summary.message == "stop failed for 2 of 3 guests: one: busy; two: busy")
    #expect(summary.subject == "one two")
    #expect(GuestBatch.summary("stop", [], of: 3) == nil)
  }

  @Test func logsAreAsManyLinesAsAskedFor() async throws {
    #expect(try await run("logs", "one", "--lines", "2").out == "line 1\nline 2\n")
  }

  @Test func waitingForWhatIsSoReturnsAtOnce() async throws {
    #expect(try await run("wait", "one").out == "one is running\n")
    #expect(try await run("wait", "none", "--for", "gone").status == 0)
    #expect(try await run("wait", "none").status == 1)
  }

  @Test func aGuestWithoutAConsoleSaysSo() async throws {
    let run = try await run("console", "one")
    #expect(run.status == 1)
    #expect(run.err.contains("has no console now"))
  }

  @Test func anOperationCanBeLookedUp() async throws {
    #expect(try await run("operations", "info", "op1").out.hasPrefix("id       op1\n"))
  }
}
