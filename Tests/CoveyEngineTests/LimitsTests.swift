import Covey
import Foundation
import Testing

@testable import CoveyEngine

/// `docs/limits.md` says what the engine's constants say.
@Suite struct EngineLimitsTests {
  @Test(arguments: [
    ("TrafficKeeper.longestDown", TrafficKeeper.longestDown),
    ("SeatKeeper.interval", SeatKeeper.interval),
  ])
  func thePageHasTheConstantsValue(_ constant: String, _ value: Duration) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/limits.md").standardized
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let row = try #require(rows.first { $0.contains("`\(constant)`") })
    #expect(row.contains("| \(value.text) |"))
  }
}
