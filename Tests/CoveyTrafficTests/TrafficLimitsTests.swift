import Covey
import Foundation
import NIOCore
import Testing

@testable import CoveyTraffic

/// `docs/limits.md` says what the constants of traffic say.
@Suite struct TrafficLimitsTests {
  @Test(arguments: [
    ("LogFile.mostBytes", "\(LogFile.mostBytes)"),
    ("Doorkeeper.heldAtMost", "\(Doorkeeper.heldAtMost)"),
    ("Doorkeeper.patience", Duration.nanoseconds(Doorkeeper.patience.nanoseconds).text),
    ("Doorkeeper.passedAtOnce", "\(Doorkeeper.passedAtOnce)"),
    ("Doorkeeper.placeFor", Duration.nanoseconds(Doorkeeper.placeFor.nanoseconds).text),
    ("timeout check", templatesValue(of: "timeout check")),
    ("hard-stop-after", templatesValue(of: "hard-stop-after")),
    (
      "SocketActivator.partingTime",
      Duration.nanoseconds(SocketActivator.partingTime.nanoseconds).text
    ),
    (
      "DnsmasqPlace.usualPorts",
      "\(DnsmasqPlace.usualPorts.lowerBound) to \(DnsmasqPlace.usualPorts.upperBound)"
    ),
  ])
  func thePageHasTheConstantsValue(_ constant: String, _ value: String) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/limits.md").standardized
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let row = try #require(rows.first { $0.contains("| `\(constant)` |") }, "no row for it")
    #expect(row.contains("| \(value) |"))
  }

  /// What stands behind a word in covey's own template.
  private static func templatesValue(of word: String) -> String {
    String(decoding: PackageResources.haproxy_cfg, as: UTF8.self).split(separator: "\n")
      .map { $0.drop { $0 == " " } }.first { $0.hasPrefix(word + " ") }
      .map { String($0.dropFirst(word.count + 1)) } ?? "nothing"
  }
}
