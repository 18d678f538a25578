import Covey
import CoveyEngine
import Foundation
import GRDB
import Testing

@testable import CoveyStore

@Suite struct SQLiteStoreTests {
  let folder: Folder
  var path: String { folder.path + "/covey.db" }

  init() throws { folder = try Folder() }

  @Test func theFileAndItsSideFilesAreForTheirOwnerAlone() throws {
    let nested = folder.path + "/state/db/covey.db"
    let store = try SQLiteStore(path: nested)
    try store.save([try Samples.event(1)], [])
    #expect(try folder.mode(of: "state") == 0o700)
    #expect(try folder.mode(of: "state/db") == 0o700)
    for file in ["covey.db", "covey.db-wal", "covey.db-shm"] {
      #expect(try folder.mode(of: "state/db/\(file)") == 0o600, "\(file)")
    }
  }

  @Test func aFileThatOthersCouldReadIsMadePrivate() throws {
    try SQLiteStore(path: path).close()
    #expect(chmod(path, 0o644) == 0)
    _ = try SQLiteStore(path: path)
    #expect(try folder.mode(of: "covey.db") == 0o600)
  }

  @Test func acknowledgedRecordsWaitForTheDisk() throws {
    let store = try SQLiteStore(path: path)
    let level = try store.queue.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(level == 2)
    try store.save([try Samples.round(1)], of: try Name("web"))
    let afterRounds = try store.queue.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(afterRounds == 2)
  }

  @Test func whatWasSavedIsThereAfterAKill() throws {
    let store = try SQLiteStore(path: path)
    try store.save([try Samples.event(1)], [.putGuest(try Samples.guest())])
    try store.save([try Samples.round(1)], of: try Name("web"))
    try store.set("accelerator", to: "tcg")

    // What a killed process leaves: the files as they are, with nothing closed.
    let left = folder.path + "/left.db"
    for side in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: path + side, toPath: left + side)
    }
    let reopened = try SQLiteStore(path: left)
    let state = try reopened.load()
    #expect(state.inventory.revision == 1)
    #expect(try state.inventory.guests.values.map(\.self) == [Samples.guest()])
    #expect(try reopened.events(after: 0, limit: 5) == [Samples.event(1)])
    #expect(try reopened.rounds(of: Name("web"), limit: 5) == [Samples.round(1)])
    #expect(try reopened.setting("accelerator") == "tcg")
  }

  @Test func aHalfWrittenSaveIsAsIfItHadNotBegun() throws {
    let store = try SQLiteStore(path: path)
    try store.save([try Samples.event(1)], [.putGuest(try Samples.guest())])
    let before = try #require(FileManager.default.contents(atPath: path + "-wal"))
    try store.save([try Samples.event(2)], [.removeGuest(try Name("web-1"))])
    let after = try #require(FileManager.default.contents(atPath: path + "-wal"))

    let left = folder.path + "/left.db"
    try FileManager.default.copyItem(atPath: path, toPath: left)
    try after.prefix((before.count + after.count) / 2).write(
      to: URL(fileURLWithPath: left + "-wal"))
    let state = try SQLiteStore(path: left).load()
    #expect(state.inventory.revision == 1)
    #expect(state.inventory.guests.count == 1)
  }

  @Test func theNewestEventsAreKeptAndTheRevisionGoesOnOverRestarts() throws {
    let last = SQLiteStore.eventsKept + 5
    let store = try SQLiteStore(path: path)
    try store.save(try Samples.events(1...last), [])
    #expect(try store.events(after: 0, limit: 1) == [Samples.event(6)])
    try store.close()

    let reopened = try SQLiteStore(path: path)
    #expect(try reopened.load().inventory.revision == last)
    try reopened.save([try Samples.event(last + 1)], [])
    #expect(try reopened.events(after: last, limit: 9) == [Samples.event(last + 1)])
    #expect(try reopened.events(after: 0, limit: 1) == [Samples.event(7)])
  }

  @Test func theNewestRoundsOfEachGroupAreKept() throws {
    let kept = SQLiteStore.roundsKept
    let (web, api) = (try Name("web"), try Name("api"))
    let store = try SQLiteStore(path: path)
    try store.save([try Samples.round(0)], of: api)
    try store.save(try (1...kept + 3).map(Samples.round), of: web)
    let rounds = try store.rounds(of: web, limit: kept * 2)
    #expect(rounds.count == kept)
    #expect(try rounds.first == Samples.round(kept + 3))
    #expect(try rounds.last == Samples.round(4))
    #expect(try store.rounds(of: api, limit: 5) == [Samples.round(0)])
  }

  @Test func aRoundThatJSONCannotHoldIsAProblemAndNotATrap() throws {
    let store = try SQLiteStore(path: path)
    let round = ScalingRound(
      at: .zero, cpu: [try Name("web-1"): .nan], meanCPU: nil, serving: 1, size: 1, desired: 1,
      requestRate: nil, verdict: Verdict(.stay, .unmeasured, "no serving member"))
    let problem = #expect(throws: Problem.self) { try store.save([round], of: Name("web")) }
    #expect(problem?.code == .internal)
    #expect(try store.rounds(of: Name("web"), limit: 5).isEmpty)
  }

  @Test func aClosedStoreAnswersWithAProblem() throws {
    let store = try SQLiteStore(path: path)
    try store.close()
    #expect(throws: Problem.self) { try store.load() }
  }
}
