import Covey
import CoveyEngine
import GRDB
import Testing

@testable import CoveyStore

@Suite struct SecondConnectionTests {
  let folder: Folder
  let store: SQLiteStore

  init() throws {
    folder = try Folder()
    store = try SQLiteStore(path: folder.path + "/covey.db")
    try store.save([try Samples.event(1)], [.putGuest(try Samples.guest())])
  }

  @Test func aSecondWriterIsRefusedOnceTheFirstHasGoneOn() throws {
    let second = try SQLiteStore(path: store.path)
    #expect(try second.load().inventory.revision == 1)
    try store.save([try Samples.event(2)], [])
    let problem = #expect(throws: Problem.self) {
      try second.save([try Samples.event(2)], [.removeGuest(try Name("web-1"))])
    }
    #expect(problem?.code == .conflict)
    #expect(problem?.message.contains("another covey") == true)
    #expect(try store.load().inventory.guests.count == 1)
  }

  @Test func aReaderBesideItNeitherWaitsNorBlocks() throws {
    var configuration = Configuration()
    configuration.readonly = true
    let reader = try DatabaseQueue(path: store.path, configuration: configuration)
    try reader.read { database in
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM guests") == 1)
      try store.save([try Samples.event(2)], [.removeGuest(try Name("web-1"))])
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM guests") == 1)
    }
    #expect(try store.load().inventory.guests.isEmpty)
  }

  @Test func aLockThatIsNotGivenBackIsReportedAsInUse() throws {
    let other = try DatabaseQueue(path: store.path)
    try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 20") }
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let problem = #expect(throws: Problem.self) {
        try store.save([try Samples.event(2)], [])
      }
      #expect(problem?.code == .inUse)
      try database.execute(sql: "ROLLBACK")
    }
    try store.save([try Samples.event(2)], [])
    #expect(try store.load().inventory.revision == 2)
  }
}
