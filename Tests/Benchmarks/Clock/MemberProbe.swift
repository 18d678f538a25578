import Foundation

/// Waits until new members of a group have answered through its balancer.
///
/// Every 2 ms it asks the balancer's admin socket which members there are; while there is one that is new and has
/// not been seen, it asks for the page that carries a name, once for each member at the same time: the balancer gives
/// the next request to whom it gave the fewest, so that the new one is among those asked. So the members that are
/// there already are not kept busy with questions, and the end of the measurement is still an answer of the new
/// member through the balancer.
struct MemberProbe: Sendable {
  let group: String
  let endpoint: Endpoint
  let adminSocket: String
  /// The members that were there before.
  let known: Set<String>
  /// How many new ones are awaited.
  let count: Int
  let within: Duration

  /// - Returns: when the last of the new members had answered first, and their names.
  func all() async throws -> (at: ContinuousClock.Instant, names: [String]) {
    try await OwnThread.run { mood in
      var attempts = Attempts(endpoint: endpoint, path: Subject.namePath)
      defer { attempts.abandon() }
      var seen: [String: ContinuousClock.Instant] = [:]
      let end = ContinuousClock.now + within
      while !mood.isCancelled {
        guard ContinuousClock.now < end else {
          throw Trouble("group \(group) did not get \(count) new members in time: \(seen.keys)")
        }
        let unseen = present().subtracting(known).subtracting(seen.keys)
        let wanted = unseen.isEmpty ? 0 : unseen.count + known.count
        while attempts.count < wanted { attempts.start() }
        for answer in attempts.advance(milliseconds: 2, patience: .seconds(10))
        where answer.status == 200 {
          let name = answer.body.trimmingCharacters(in: .whitespacesAndNewlines)
          if !known.contains(name), seen[name] == nil { seen[name] = answer.at }
        }
        if seen.count >= count, let last = seen.values.max() { return (last, seen.keys.sorted()) }
      }
      throw CancellationError()
    }
  }

  /// The members that the balancer sends traffic to.
  private func present() -> Set<String> {
    BalancerTable.members(in: AdminSocket.ask("show servers state \(group)", at: adminSocket))
  }
}

/// HAProxy's list of servers. Pure.
enum BalancerTable {
  /// Names of the servers that are up and neither in maintenance nor draining.
  static func members(in table: String) -> Set<String> {
    let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    guard let head = lines.first(where: { $0.first == "#" })?.dropFirst().map({ $0 }),
      let name = head.firstIndex(of: "srv_name"), let works = head.firstIndex(of: "srv_op_state"),
      let order = head.firstIndex(of: "srv_admin_state")
    else { return [] }
    let rows = lines.filter { $0.count > order && $0.first != "#" }
    return Set(rows.filter { $0[works] == "2" && $0[order] == "0" }.map { $0[name] })
  }
}
