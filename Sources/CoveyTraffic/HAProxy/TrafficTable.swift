import Covey

/// Reads HAProxy's counters and servers out of its tables.
enum TrafficTable {
  /// The counters of one group, out of `show stat`.
  ///
  /// A member's failures are its 5xx answers (`hrsp_5xx`), answers cut short or malformed
  /// (`eresp`) and connections that no retry could make (`econ`); HAProxy 2.6 counts the latter
  /// two in no `hrsp_5xx` of the server's. A member that is down while draining is shown as
  /// down only: HAProxy's status has one word.
  ///
  /// - Throws: `.unavailable` when columns are missing, `.notFound` when the group is.
  static func statistics(of group: Name, in text: String) throws -> TrafficStatistics {
    let subject = "balancer \(group)"
    let table = try HeadedTable(
      text, separator: ",",
      required: [
        "pxname", "svname", "status", "scur", "stot", "qcur", "req_tot", "hrsp_5xx", "eresp",
        "econ",
      ], subject: subject)
    let rows = table.rows.filter { $0["pxname"] == group.text }
    guard let frontend = rows.first(where: { $0["svname"] == "FRONTEND" }),
      let backend = rows.first(where: { $0["svname"] == "BACKEND" })
    else {
      throw Problem(
        .notFound, subject: subject, "this HAProxy does not balance the group",
        hint: "open the balancer again")
    }
    var members: [Name: TrafficStatistics.Member] = [:]
    for row in rows {
      // FRONTEND and BACKEND are no names of covey's: those are in lower case.
      guard let text = row["svname"], let name = try? Name(text) else { continue }
      members[name] = member(row)
    }
    return TrafficStatistics(
      members: members, requests: number(frontend, "req_tot"),
      failures: number(frontend, "hrsp_5xx"), queued: number(backend, "qcur"),
      sessions: number(frontend, "scur"))
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
  static func servers(of group: Name, in text: String) throws -> [RunningServer] {
    let table = try HeadedTable(
      text, separator: " ",
      required: [
        "be_name", "srv_name", "srv_addr", "srv_port", "srv_op_state", "srv_admin_state",
      ], subject: "balancer \(group)")
    return table.rows.compactMap { row in
      guard row["be_name"] == group.text, let text = row["srv_name"], let name = try? Name(text),
        let address = row["srv_addr"], let port = row["srv_port"],
        let endpoint = try? Endpoint("\(address):\(port)")
      else { return nil }
      return RunningServer(
        member: BalancedMember(name: name, endpoint: endpoint),
        isUp: number(row, "srv_op_state") == 2, administration: number(row, "srv_admin_state"))
    }
  }
}

/// A server of a running HAProxy.
struct RunningServer: Hashable, Sendable {
  let member: BalancedMember
  let isUp: Bool
  /// HAProxy's bits: 0x01 maintenance asked for, 0x08 drain asked for; 0 is ready.
  let administration: Int

  var isReady: Bool { administration == 0 }
  var isInMaintenance: Bool { administration & 0x01 != 0 }
}
