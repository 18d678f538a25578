import CoveyWire
import Foundation
import Testing

struct ErrorTableTests {
  @Test func codesAreUnique() {
    #expect(Set(ErrorTable.rows.map(\.code)).count == ErrorTable.rows.count)
  }

  @Test func theExitStatusesAreThoseOfTheContract() {
    #expect(Set(ErrorTable.rows.map(\.exitStatus)) == [1, 64, 69, 75])
    #expect(ErrorTable.row("invalid").exitStatus == 64)
    #expect(ErrorTable.row("unreachable").exitStatus == 69)
    #expect(ErrorTable.row("deadline").exitStatus == 75)
  }

  @Test func aCodeOfANewerDaemonCountsAsAFailure() {
    #expect(ErrorTable.row("from-the-future").exitStatus == 1)
    #expect(ErrorTable.row("from-the-future").httpStatus == 500)
  }

  @Test func thePageHasEveryRowAndNoOther() throws {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/errors.md"), encoding: .utf8)
    let written = page.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
    let expected = ErrorTable.rows.map { row in
      "| `\(row.code)` | \(row.meaning) | \(row.httpStatus) | \(row.exitStatus) |"
    }
    #expect(written == expected)
  }
}
