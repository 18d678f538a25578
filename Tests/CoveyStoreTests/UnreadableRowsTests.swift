import Covey
import CoveyEngine
import GRDB
import Testing

@testable import CoveyStore

@Suite struct UnreadableRowsTests {
  let folder: Folder
  let store: SQLiteStore

  init() throws {
    folder = try Folder()
    store = try SQLiteStore(path: folder.path + "/covey.db")
    try store.save(
      try Samples.events(1...4),
      [.putGuest(try Samples.guest("web-1")), .putGuest(try Samples.guest("web-2"))])
  }

  @Test(arguments: ["templates", "guests", "groups", "operations"])
  func areSetAsideAndReportedOnce(_ table: String) throws {
    try change("INSERT INTO \(table) (key, body) VALUES ('odd', '{\"from\": \"another time\"}')")
    let state = try store.load()
    #expect(state.setAside.map(\.key) == ["odd"])
    #expect(state.setAside.map(\.kind) == [String(table.dropLast())])
    #expect(state.setAside.allSatisfy { !$0.why.isEmpty })
    #expect(state.inventory.guests.count == 2)
    #expect(try store.load().setAside.isEmpty)
  }

  @Test func areKeptWordForWord() throws {
    try change("UPDATE guests SET body = 'half a rec' WHERE key = 'web-2'")
    #expect(try store.load().inventory.guests.keys.map(\.text) == ["web-1"])
    let kept = try store.queue.read { database in
      try String.fetchAll(database, sql: "SELECT kind || ' ' || key || ' ' || body FROM set_aside")
    }
    #expect(kept == ["guest web-2 half a rec"])
  }

  @Test func aRecordInTheWrongPlaceIsSetAside() throws {
    try change("UPDATE guests SET key = 'web-9' WHERE key = 'web-2'")
    let state = try store.load()
    #expect(state.inventory.guests.keys.map(\.text) == ["web-1"])
    #expect(state.setAside.map(\.why) == ["it is the record of web-2"])
  }

  @Test func aNameThatIsNoneIsSetAside() throws {
    try change("UPDATE guests SET body = replace(body, '\"web-2\"', '\"../x\"')")
    #expect(try store.load().setAside.map(\.key) == ["web-2"])
  }

  @Test func eventsAreSkippedBySettingAsideAndTheRevisionStays() throws {
    try change("UPDATE events SET body = '{\"dreamt\": {}}' WHERE number IN (2, 4)")
    let read = try store.events(after: 0, limit: 2)
    #expect(try read == [Samples.event(1), Samples.event(3)])
    #expect(try store.events(after: 3, limit: 2).isEmpty)
    let state = try store.load()
    #expect(state.inventory.revision == 4)
    #expect(state.setAside.map(\.key) == ["2", "4"])
  }

  @Test func roundsAreSkippedBySettingAside() throws {
    try store.save(try (1...3).map(Samples.round), of: try Name("web"))
    try change("UPDATE rounds SET body = '' WHERE at = 2")
    #expect(try store.rounds(of: Name("web"), limit: 2) == [Samples.round(3), Samples.round(1)])
    #expect(try store.load().setAside.map(\.kind) == ["round"])
  }

  private func change(_ sql: String) throws {
    try store.queue.write { try $0.execute(sql: sql) }
  }
}
