import Covey
import Foundation
import Testing

@testable import CoveyEngine

/// `docs/limits.md` says what the engine's constants say.
@Suite struct EngineLimitsTests {
  @Test(arguments: [
    ("Group.longestDown", Group.longestDown.text),
    ("SeatKeeper.interval", SeatKeeper.interval.text),
    ("MemberMonitor.checkEvery", MemberMonitor.checkEvery.text),
    ("MemberMonitor.remarkEvery", MemberMonitor.remarkEvery.text),
    ("Scaler.lookEvery", Scaler.lookEvery.text),
    ("MemberMonitor.longestCheck", MemberMonitor.longestCheck.text),
    ("MemberMonitor.fall", "\(MemberMonitor.fall)"),
    ("MemberMonitor.atOnce", "\(MemberMonitor.atOnce)"),
  ])
  func thePageHasTheConstantsValue(_ constant: String, _ value: String) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/limits.md").standardized
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let row = try #require(rows.first { $0.contains("`\(constant)`") }, "no row for it")
    #expect(row.contains("| \(value) |"))
  }
}
