import Covey
import CoveyEngine
import Foundation
import GRDB
import Testing

@testable import CoveyStore

@Suite struct RefusedFilesTests {
  let folder: Folder
  var path: String { folder.path + "/covey.db" }

  init() throws { folder = try Folder() }

  @Test func aDatabaseOfANewerCoveyIsRefusedAndLeftAlone() throws {
    let store = try SQLiteStore(path: path)
    try store.queue.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99')")
    }
    try store.close()
    let before = try contents()
    let problem = refusal()
    #expect(problem?.code == .unsupported)
    #expect(problem?.message.contains("newer covey") == true)
    #expect(problem?.message.contains("99") == true)
    #expect(try contents() == before)
  }

  @Test func aFileThatIsNoDatabaseIsRefusedByItsNameAndLeftAlone() throws {
    let text = Data(repeating: 0x78, count: 8192)
    try text.write(to: URL(fileURLWithPath: path))
    let problem = refusal()
    #expect(problem?.code == .unavailable)
    #expect(problem?.message.contains(path) == true)
    #expect(problem?.hint.contains("backup") == true)
    #expect(try contents() == text)
  }

  @Test func aDamagedPageIsMetAtTheStart() throws {
    let store = try SQLiteStore(path: path)
    try store.save(try Samples.events(1...500), [])
    try store.close()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    // Page 1 holds the list of tables; the pages after it hold the tables.
    try handle.seek(toOffset: 4096)
    try handle.write(contentsOf: Data(repeating: 0xFF, count: 40960))
    try handle.close()
    let problem = refusal()
    #expect(problem?.code == .unavailable)
    #expect(problem?.message.contains("damaged") == true)
  }

  @Test func aFolderWhereTheFileShouldBeIsRefused() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(refusal()?.code == .unavailable)
  }

  @Test func aFileWhereTheFolderShouldBeIsRefused() throws {
    try Data().write(to: URL(fileURLWithPath: folder.path + "/state"))
    let problem = #expect(throws: Problem.self) {
      try SQLiteStore(path: folder.path + "/state/db/covey.db")
    }
    #expect(problem?.code == .unavailable)
  }

  private func contents() throws -> Data {
    try #require(FileManager.default.contents(atPath: path))
  }

  private func refusal() -> Problem? {
    #expect(throws: Problem.self) { try SQLiteStore(path: path) }
  }
}
