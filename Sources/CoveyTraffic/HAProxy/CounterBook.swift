import Covey
import Foundation

/// Adds what processes that are gone had counted to what the present one counts, so that counters never go back.
///
/// What is known is written to the listener's folder now and then: a daemon that starts later goes on from there. The log
/// that lies there is kept from growing at the same time.
actor CounterBook {
  static let writeEvery = Duration.seconds(5)

  /// Two counters, of a group or a member.
  private struct Count: Hashable, Codable {
    var requests = 0
    var failures = 0

    static func + (one: Count, other: Count) -> Count {
      Count(
        requests: one.requests + other.requests, failures: one.failures + other.failures)
    }
  }

  private struct Page: Codable {
    /// The process that `seen` is of.
    var process: Int32
    /// By group, and by `GROUP/MEMBER`: what processes before that one had counted.
    var earlier: [String: Count] = [:]
    var seen: [String: Count] = [:]
  }

  private var pages: [String: Page] = [:]
  private var written: [String: ContinuousClock.Instant] = [:]

  /// The counters of a group with what was counted before.
  ///
  /// - `process`: the one whose counters these are.
  func total(
    _ statistics: TrafficStatistics, of group: Name, by process: Int32, in folder: BalancerFolder
  )
    async -> TrafficStatistics
  {
    if pages[folder.path] == nil {
      let written = await Self.read(folder)
      // Another call may have been faster.
      pages[folder.path] = pages[folder.path] ?? written
    }
    var page = pages[folder.path] ?? Page(process: process)
    if page.process != process {
      page.earlier.merge(page.seen, uniquingKeysWith: +)
      page.process = process
      page.seen = [:]
    }
    note(statistics, of: group, on: &page)
    pages[folder.path] = page
    await writeIfDue(page, in: folder)
    return Self.sum(statistics, of: group, page)
  }

  /// Writes what is known; to be called before a process is replaced.
  func write(_ folder: BalancerFolder) async {
    guard let page = pages[folder.path] else { return }
    written[folder.path] = nil
    await writeIfDue(page, in: folder)
  }

  func forget(_ folder: BalancerFolder) {
    pages[folder.path] = nil
    written[folder.path] = nil
  }

  /// Members that are gone are forgotten: who comes under their name later is another one.
  private func note(_ statistics: TrafficStatistics, of group: Name, on page: inout Page) {
    page.seen[group.text] = Count(
      requests: statistics.requests, failures: statistics.failures)
    for (name, member) in statistics.members {
      page.seen["\(group)/\(name)"] = Count(requests: member.requests, failures: member.failures)
    }
    let isKept = { (key: String, _: Count) -> Bool in
      guard key.hasPrefix("\(group)/") else { return true }
      return (try? Name(String(key.dropFirst(group.text.count + 1)))).map {
        statistics.members[$0] != nil
      } ?? false
    }
    page.seen = page.seen.filter(isKept)
    page.earlier = page.earlier.filter(isKept)
  }

  private static func sum(_ statistics: TrafficStatistics, of group: Name, _ page: Page)
    -> TrafficStatistics
  {
    let total = page.earlier[group.text] ?? Count()
    let members = statistics.members.map { name, member in
      let before = page.earlier["\(group)/\(name)"] ?? Count()
      return (
        name,
        TrafficStatistics.Member(
          isUp: member.isUp, isDraining: member.isDraining, sessions: member.sessions,
          requests: member.requests + before.requests, failures: member.failures + before.failures)
      )
    }
    return TrafficStatistics(
      members: Dictionary(uniqueKeysWithValues: members),
      requests: statistics.requests + total.requests,
      failures: statistics.failures + total.failures, queued: statistics.queued,
      sessions: statistics.sessions)
  }

  private static func read(_ folder: BalancerFolder) async -> Page? {
    // One that cannot be read begins again: counters are not worth a failure.
    let data = try? await Blocking.run { FileManager.default.contents(atPath: folder.counters) }
    return data.flatMap { $0 }.flatMap { try? JSONDecoder().decode(Page.self, from: $0) }
  }

  /// A file of some hundred bytes. One that cannot be written is tried again: nothing but counters would be lost.
  private func writeIfDue(_ page: Page, in folder: BalancerFolder) async {
    let now = ContinuousClock.now
    if let last = written[folder.path], now - last < Self.writeEvery { return }
    guard let data = try? JSONEncoder().encode(page) else { return }
    written[folder.path] = now
    do {
      try await Blocking.run {
        LogFile.trim(folder.log)
        try data.write(to: URL(fileURLWithPath: folder.counters), options: .atomic)
      }
    } catch { written[folder.path] = nil }
  }
}
