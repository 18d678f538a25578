import Covey
import CoveyEngine
import Foundation

/// Balances groups by a HAProxy that somebody else runs, over its admin socket (`coveyd --haproxy-socket PATH`).
///
/// covey starts and ends nothing there. Each group has the backend of its name, which its owner wrote; members come and go in
/// it as servers `MEMBER.MARK`, and servers without covey's mark are left alone. Where it listens, TLS and stickiness are that
/// HAProxy's own configuration. Its counters begin again when it is started anew.
public struct ExistingHAProxy: Balancer {
  /// So many digits of an installation's identifier tell its servers from others'.
  static let markLength = 8

  let path: String
  let mark: ServerMark
  let turns = Turns<String>()
  let limit: Duration

  /// - Parameters:
  ///   - socket: absolute path of its admin socket.
  ///   - installation: this covey's identifier, a UUID.
  public init(socket: String, installation: String) {
    self.init(socket: socket, installation: installation, limit: RuntimeSocket.usualLimit)
  }

  init(socket: String, installation: String, limit: Duration) {
    path = socket
    mark = ServerMark(text: String(installation.lowercased().prefix(Self.markLength)))
    self.limit = limit
  }

  /// Whether the socket is HAProxy's, and may be trusted; groups are refused where it is not.
  ///
  /// - Throws: `.unavailable` when there is no socket, or nobody or something else answers; `.invalid` when it is another
  ///   user's than root's or covey's own, or is not for administrators.
  public func check() async throws {
    try await Blocking.run { try checkOwner() }
    let socket = socket("balancer")
    guard RunningHAProxy(try await socket.ask(.showInfo)) != nil else {
      throw Problem(
        .unavailable, subject: path, "what answers at \(path) is not HAProxy",
        hint: "give the path of its line \"stats socket\" in its section global")
    }
    let level = try await socket.ask(.showLevel)
    guard level == "admin" else {
      throw Problem(
        .invalid, subject: path, "HAProxy's socket \(path) is for level \"\(level)\"",
        hint: "write \"level admin\" behind it: stats socket \(path) mode 600 level admin")
    }
  }

  public func preflight(_ listener: Listener) async throws { try await checked(listener) }

  /// Checks everything; there is nothing to start.
  ///
  /// - Throws: as `check`; `.invalid` when a group has a certificate, is sticky or may sleep; `.notFound` when there is no backend of its
  ///   name, with what to write; `.unsupported` when that balances by a table that never changes; `.conflict` when another
  ///   covey's servers are in it.
  public func open(_ listener: Listener) async throws { try await checked(listener) }

  public func renewCertificate(of frontend: Frontend) async throws {}
  /// Members have left before.
  public func close(_ endpoint: Endpoint) async throws {}
  public func close(besides endpoints: Set<Endpoint>) async throws {}

  /// A member that reports takes another weight when it next enters: HAProxy takes its words as percent of the one that it
  /// began with.
  public func enter(_ member: BalancedMember, in frontend: Frontend) async throws {
    try await turns.run(frontend.group.text) { _ = try await control(of: frontend).enter(member) }
  }

  public func drain(_ member: Name, in frontend: Frontend) async throws {
    try await whereOneRuns(frontend) { try await $0.drain(member) }
  }

  public func leave(_ member: Name, in frontend: Frontend) async throws {
    try await whereOneRuns(frontend) { try await $0.remove(member) }
  }

  /// Runs the body, whose silence from HAProxy is a failure only while somebody listens at its socket: servers that were
  /// added end with the HAProxy that had them. It is looked for afterwards, so that one that dies half-way counts as gone too.
  private func whereOneRuns(
    _ frontend: Frontend, _ body: @Sendable (BackendControl) async throws -> Void
  ) async throws {
    try await turns.run(frontend.group.text) {
      do {
        try await body(control(of: frontend))
      } catch let problem as Problem where problem.code == .unavailable {
        guard try await !socket(problem.subject).isTaken() else { throw problem }
      }
    }
  }

  public func statistics(of frontend: Frontend) async throws -> TrafficStatistics {
    let answer = try await socket("balancer \(frontend.group)").ask(.showStatistics)
    return try TrafficTable.statistics(of: frontend.group, in: answer, mark: mark)
  }

  private func socket(_ subject: String) -> RuntimeSocket {
    RuntimeSocket(path: path, subject: subject, limit: limit)
  }

  private func control(of frontend: Frontend) -> BackendControl {
    BackendControl(
      socket("balancer \(frontend.group)"), frontend, cookieKey: nil, mark: mark)
  }

  private func checked(_ listener: Listener) async throws {
    try await check()
    let answer = try await socket("balancer").ask(.showStatistics)
    let rows = try TrafficTable.rows(in: answer, subject: "balancer")
    for frontend in listener.frontends { try judge(frontend, listener.mode, rows) }
  }

  private func checkOwner() throws {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw Problem(
        .unavailable, subject: path,
        "HAProxy's socket \(path) is not to be reached: \(SystemReason.text(errno))",
        hint: "start HAProxy, or give the path of its line \"stats socket\"")
    }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw Problem(
        .invalid, subject: path, "\(path) is no socket",
        hint: "give the path of HAProxy's line \"stats socket\"")
    }
    guard facts.st_uid == 0 || facts.st_uid == geteuid() else {
      throw Problem(
        .invalid, subject: path,
        "HAProxy's socket \(path) belongs to user \(facts.st_uid), who could give covey any answer",
        hint: "run HAProxy with its socket as root's or as coveyd's user: "
          + "stats socket \(path) user root mode 600 level admin")
    }
  }

  private func judge(_ frontend: Frontend, _ mode: TrafficMode, _ rows: [[String: String]]) throws {
    let group = frontend.group
    let subject = "balancer \(group)"
    let configured = "leave it out, and write it into the configuration of that HAProxy"
    let own = [
      ("certificate", frontend.certificate != nil, configured),
      ("sticky", frontend.isSticky, configured),
      // It has no server that holds requests while the group sleeps: nobody would hear them.
      (
        "min 0", frontend.mayWake,
        "give it --min 1: nobody would hear the request that is to wake it"
      ),
    ]
    if let field = own.first(where: \.1) {
      throw Problem(
        .invalid, subject: subject,
        "\(field.0) of group \"\(group)\" is for covey's own HAProxy, and this one is yours: \(path)",
        hint: field.2)
    }
    let found = rows.filter { $0["pxname"] == group.text }
    guard let backend = found.first(where: { $0["svname"] == "BACKEND" }) else {
      throw Problem(
        .notFound, subject: subject, "HAProxy at \(path) has no backend \"\(group)\"",
        hint: "add it to its configuration, and reload it:\n" + Self.stanza(frontend, mode))
    }
    if let algorithm = backend["algo"], algorithm == "static-rr" {
      throw Problem(
        .unsupported, subject: subject,
        "backend \"\(group)\" balances by \(algorithm), which takes no servers at run time",
        hint: "use \"balance leastconn\" there")
    }
    if let other = found.compactMap({ $0["svname"] }).first(where: mark.isAnothers) {
      throw Problem(
        .conflict, subject: subject,
        "another covey has servers in backend \"\(group)\", such as \(other)",
        hint: "delete its group there, or name this group and its backend otherwise")
    }
  }

  /// What to add to a configuration for a group.
  static func stanza(_ frontend: Frontend, _ mode: TrafficMode) -> String {
    var lines = ["backend \(frontend.group)", "  mode \(mode.rawValue)", "  balance leastconn"]
    if case .http(let path) = frontend.check {
      lines += [
        "  option httpchk",
        "  http-check send meth GET uri '\(path)' ver HTTP/1.1 hdr Host %[bc_dst]:%[bc_dst_port]",
      ]
    }
    return lines.joined(separator: "\n")
  }
}
