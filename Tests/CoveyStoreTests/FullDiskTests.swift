import Covey
import CoveyEngine
import GRDB
import Testing

@testable import CoveyStore

@Suite struct FullDiskTests {
  @Test func aDatabaseThatMayNotGrowRefusesWholeSavesAndStaysUsable() throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.path + "/covey.db")
    try store.save([try Samples.event(1)], [.putGuest(try Samples.guest())])
    try limit(store, toPages: 16)
    let problem = #expect(throws: Problem.self) {
      try store.save(try Samples.events(2...5000), [.removeGuest(try Name("web-1"))])
    }
    #expect(problem?.code == .noSpace)
    #expect(try store.load().inventory.revision == 1)
    #expect(try store.load().inventory.guests.count == 1)

    try limit(store, toPages: 1 << 20)
    try store.save([try Samples.event(2)], [])
    #expect(try store.load().inventory.revision == 2)
  }

  @Test(.enabled(if: Folder.canMount, "mounting a small file system needs root"))
  func aFullFileSystemIsSaidSoAndNothingSavedIsLost() throws {
    let folder = try Folder(mebibytes: 1)
    let store = try SQLiteStore(path: folder.path + "/covey.db")
    var saved = 0
    let problem = #expect(throws: Problem.self) {
      for batch in 0..<100 {
        try store.save(try Samples.events(batch * 100 + 1...batch * 100 + 100), [])
        saved = batch * 100 + 100
      }
    }
    #expect(problem?.code == .noSpace)
    #expect(problem?.hint.contains("free space") == true)
    #expect(saved > 0)
    #expect(try store.load().inventory.revision == saved)
    #expect(try store.events(after: saved - 1, limit: 5) == [Samples.event(saved)])
  }

  @Test(.enabled(if: Folder.canMount, "mounting a small file system needs root"))
  func aStoreCannotBeMadeOnAFullFileSystem() throws {
    let folder = try Folder(mebibytes: 1)
    try folder.fill()
    let problem = #expect(throws: Problem.self) {
      try SQLiteStore(path: folder.path + "/covey.db")
    }
    #expect(problem?.code == .noSpace)
  }

  private func limit(_ store: SQLiteStore, toPages pages: Int) throws {
    try store.queue.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
  }
}
