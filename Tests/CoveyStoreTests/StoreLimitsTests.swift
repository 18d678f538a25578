import Covey
import CoveyStore
import Foundation
import Testing

/// `docs/limits.md` says what the store's constants say.
@Suite struct StoreLimitsTests {
  @Test(arguments: [
    ("SQLiteStore.eventsKept", "\(SQLiteStore.eventsKept)"),
    ("SQLiteStore.roundsKept", "\(SQLiteStore.roundsKept)"),
    ("SQLiteStore.busyTimeout", SQLiteStore.busyTimeout.text),
  ])
  func thePageHasTheConstantsValue(_ constant: String, _ value: String) throws {
    let top = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: top.appendingPathComponent("docs/limits.md"), encoding: .utf8)
    #expect(page.contains("| \(value) | `\(constant)` |"))
  }
}
