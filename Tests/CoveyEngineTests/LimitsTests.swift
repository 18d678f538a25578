import Covey
import Foundation
import Testing

@testable import CoveyEngine

/// `docs/limits.md` says what the engine's constants say.
@Suite struct EngineLimitsTests {
  @Test func thePageHasTheTimeThatAMemberMayBeDown() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/limits.md").standardized
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let row = try #require(rows.first { $0.contains("`TrafficKeeper.longestDown`") })
    #expect(row.contains("| \(TrafficKeeper.longestDown.text) |"))
    let fall = try #require(rows.first { $0.contains("`MemberChecks.fall`") })
    #expect(fall.contains("| \(MemberChecks.fall) |"))
    let patience = try #require(rows.first { $0.contains("`MemberChecks.patience`") })
    #expect(patience.contains("| \(MemberChecks.patience.text) |"))
  }
}
