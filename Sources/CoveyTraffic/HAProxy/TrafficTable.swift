import Covey

/// Reads HAProxy's counters and servers out of its tables.
enum TrafficTable {
  /// The counters of one group, out of `show stat`.
  ///
  /// They are the backend's: a listener may serve others too. A member's failures are its 5xx answers (`hrsp_5xx`), answers
  /// cut short or malformed (`eresp`) and connections that no retry could make (`econ`); HAProxy 2.6 counts the latter
  /// two in no `hrsp_5xx` of the server's. A member that is down while draining is shown as
  /// down only: HAProxy's status has one word.
  ///
  /// - Throws: `.unavailable` when columns are missing, `.notFound` when the group is.
  static func statistics(of group: Name, in text: String, mark: ServerMark = .none) throws
    -> TrafficStatistics
  {
    let subject = "balancer \(group)"
    let rows = try rows(in: text, subject: subject).filter { $0["pxname"] == group.text }
    guard let backend = rows.first(where: { $0["svname"] == "BACKEND" }) else {
      throw Problem(
        .notFound, subject: subject, "this HAProxy does not balance the group",
        hint: "open the balancer again")
    }
    var members: [Name: TrafficStatistics.Member] = [:]
    for row in rows {
      // FRONTEND and BACKEND are no names of covey's: those are in lower case.
      guard let text = row["svname"], let name = mark.member(of: text) else { continue }
      members[name] = member(row)
    }
    // Where nothing is known of requests, connections are what there is.
    let isHTTP = backend["req_tot"].map { !$0.isEmpty } ?? false
    return TrafficStatistics(
      members: members, requests: number(backend, isHTTP ? "req_tot" : "stot"),
      failures: isHTTP
        ? number(backend, "hrsp_5xx") : number(backend, "econ") + number(backend, "eresp"),
      queued: number(backend, "qcur"), sessions: number(backend, "scur"))
  }

  static func rows(in text: String, subject: String) throws -> [[String: String]] {
    try HeadedTable(
      text, separator: ",",
      required: [
        "pxname", "svname", "status", "scur", "stot", "qcur", "req_tot", "hrsp_5xx", "eresp",
        "econ",
      ], subject: subject
    ).rows
  }

  private static func member(_ row: [String: String]) -> TrafficStatistics.Member {
    let status = row["status"] ?? ""
    let up = ["UP", "DRAIN", "NOLB", "no check"].contains { status.hasPrefix($0) }
    return TrafficStatistics.Member(
      isUp: up, isDraining: ["DRAIN", "MAINT"].contains { status.hasPrefix($0) },
      sessions: number(row, "scur"), requests: number(row, "stot"),
      failures: number(row, "hrsp_5xx") + number(row, "eresp") + number(row, "econ"))
  }

  private static func number(_ row: [String: String], _ column: String) -> Int {
    row[column].flatMap { Int($0) } ?? 0
  }

  /// The group's servers, out of `show servers state`, in HAProxy's order.
  ///
  /// - Throws: `.unavailable` when columns are missing.
  static func servers(of group: Name, in text: String, mark: ServerMark = .none) throws
    -> [RunningServer]
  {
    let table = try HeadedTable(
      text, separator: " ",
      required: [
        "be_name", "srv_name", "srv_addr", "srv_port", "srv_op_state", "srv_admin_state",
        "srv_uweight", "srv_iweight", "srv_agent_state", "srv_check_addr", "srv_check_port",
        "srv_agent_addr", "srv_agent_port",
      ], subject: "balancer \(group)")
    return table.rows.compactMap { row -> RunningServer? in
      guard row["be_name"] == group.text,
        let name = row["srv_name"].flatMap({ mark.member(of: $0) }),
        let endpoint = endpoint(row, "srv_addr", "srv_port")
      else { return nil }
      let checked = Self.endpoint(row, "srv_check_addr", "srv_check_port")
      return RunningServer(
        member: BalancedMember(
          name: name, endpoint: endpoint, weight: number(row, "srv_iweight"),
          report: Self.endpoint(row, "srv_agent_addr", "srv_agent_port"), checked: checked),
        weight: number(row, "srv_uweight"), isUp: number(row, "srv_op_state") != 0,
        administration: number(row, "srv_admin_state"),
        isAgentEnabled: number(row, "srv_agent_state") & 0x04 != 0)
    }
  }

  private static func endpoint(_ row: [String: String], _ address: String, _ port: String)
    -> Endpoint?
  {
    guard let address = row[address], let port = row[port] else { return nil }
    return try? Endpoint("\(address):\(port)")
  }
}

/// A server of a running HAProxy.
struct RunningServer: Hashable, Sendable {
  /// With the weight that it began with.
  let member: BalancedMember
  /// Its weight now, by command or by its own words.
  let weight: Int
  /// By its checks: running, or still getting its share slowly (`srv_op_state` 1).
  let isUp: Bool
  /// HAProxy's bits: 0x01 maintenance asked for, 0x04 it began disabled, 0x08 drain asked for.
  let administration: Int
  /// Whether it is asked for its report.
  let isAgentEnabled: Bool

  /// Who began disabled keeps that bit for good, and serves all the same (HAProxy 2.6.12).
  var isReady: Bool { administration & ~0x04 == 0 }
  var isInMaintenance: Bool { administration & 0x01 != 0 }

  /// As it is to begin in a process that takes over: with the weight that its owner gave it. One that reports has it from
  /// its beginning on, one that does not by command.
  func begins(with weight: Int?) -> RunningServer {
    let weight = weight ?? (member.report == nil ? self.weight : member.weight)
    return RunningServer(
      member: BalancedMember(
        name: member.name, endpoint: member.endpoint, weight: weight, report: member.report,
        checked: member.checked),
      weight: weight, isUp: isUp, administration: administration, isAgentEnabled: isAgentEnabled)
  }

  /// The same but for its weight.
  func isSamePlace(as other: BalancedMember) -> Bool {
    member.endpoint == other.endpoint && member.report == other.report
      && member.checked == other.checked
  }
}
