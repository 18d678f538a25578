import Covey
import CoveyEngine
import Foundation

/// Balances each group by a HAProxy process of its own, which outlives covey.
///
/// A group's files are in `FOLDER/GROUP/`: haproxy.cfg, admin.sock (for this user only),
/// haproxy.pid and haproxy.log (starts and members' ups and downs). This value keeps nothing in
/// memory but whose turn it is: what runs is learnt from the process itself, so that a daemon
/// started later finds everything as it was.
///
/// Calls on one group are made one after the other; calls on several run side by side. None
/// blocks the caller's thread, and each ends: HAProxy has 5 s for a command and 20 s to start.
/// Needs HAProxy 2.6 or later, for servers that come and go over the admin socket.
public struct HAProxyBalancer: Balancer {
  let root: String
  let programName: String?
  let turns = Turns()
  /// How long HAProxy has for a command.
  let limit: Duration
  /// The network namespace in which its listeners are; nil is covey's own.
  let namespace: String?

  /// - Parameters:
  ///   - folder: holds one folder per group; made when needed, relative to the working folder.
  ///   - program: path of the haproxy executable; nil looks in PATH, /usr/sbin and /sbin. It is
  ///     looked for when a group is opened, so that a missing one fails no earlier.
  ///   - namespace: the network namespace in which clients come, by its name; nil is covey's own. Members are reached
  ///     from covey's own in any case.
  public init(folder: String, program: String? = nil, namespace: String? = nil) {
    self.init(
      folder: folder, program: program, limit: RuntimeSocket.usualLimit, namespace: namespace)
  }

  init(folder: String, program: String?, limit: Duration, namespace: String? = nil) {
    self.namespace = namespace
    root = URL(fileURLWithPath: folder).standardizedFileURL.path
    programName = program
    self.limit = limit
  }

  /// Makes sure that the group's HAProxy runs and listens.
  ///
  /// A process that runs already for the same group, address and health path is kept, with its
  /// members and counters. One that differs is replaced without refusing a request: the new one
  /// takes over its sockets and members, and the old one finishes what it has begun within 90 s;
  /// counters begin again. One that does not answer its admin socket in time is ended, and its
  /// members must be entered again. A failed call leaves what ran before, or else no file and no
  /// process.
  ///
  /// - Throws: `.inUse` with the process that holds the port if it can be learnt; `.invalid` for
  ///   an address that is not this host's, a low port that is not this user's, a health path that
  ///   is none and a folder too deep for a socket; `.unavailable` when there is no HAProxy, or it
  ///   refuses the configuration or does not start; `.noSpace`.
  public func open(_ frontend: Frontend) async throws {
    try await turns.run(frontend.group) { try await opened(frontend) }
  }

  /// Checks, before anything is made, that the group could be opened: program, folder, health
  /// path, and that the address is this host's and the port free.
  ///
  /// The port counts as free when the group's own HAProxy holds it. Another program can still
  /// take it before `open`, which checks again.
  ///
  /// - Throws: as `open`, as far as it can be known in advance.
  public func preflight(_ frontend: Frontend) async throws {
    let folder = BalancerFolder(root: root, group: frontend.group)
    _ = try HAProxyConfiguration(frontend, namespace: namespace)
    _ = try await prepare(folder)
    try await checkListen(frontend, running: try? await running(in: folder))
  }

  /// Ends every process of the group's, by SIGTERM and after 2 s by SIGKILL, and removes its
  /// folder. Succeeds when there is neither.
  ///
  /// The admin socket is not asked, so that a mute process ends as well. Connections under way
  /// are cut: drain the members first.
  ///
  /// - Throws: `.unavailable` when the system forbids it, or a killed process has not vanished
  ///   after 2 s more.
  public func close(_ group: Name) async throws {
    let folder = BalancerFolder(root: root, group: group)
    try await turns.run(group) { try await clear(folder) }
  }

  /// Ends balancers that an earlier daemon left and no group needs any more: `close` for every
  /// folder whose group is not among these.
  ///
  /// What cannot be ended keeps its folder, so that the next call finds it again. Files, links
  /// and folders whose names no group could have are left alone. A group that is opened meanwhile
  /// must be among these.
  public func close(besides groups: Set<Name>) async {
    let root = root
    let found = try? await Blocking.run { BalancerFolder.all(in: root) }
    await withTaskGroup { tasks in
      for folder in found ?? [] where !groups.contains(folder.group) {
        tasks.addTask { try? await turns.run(folder.group) { try await clear(folder) } }
      }
    }
  }

  /// The group's counters since its HAProxy started; a replaced process starts from zero.
  ///
  /// - Throws: `.unavailable` when HAProxy does not answer in time or in full.
  public func statistics(of group: Name) async throws -> TrafficStatistics {
    let answer = try await socket(of: group).ask(.showStatistics)
    return try TrafficTable.statistics(of: group, in: answer)
  }

  func socket(of group: Name) -> RuntimeSocket {
    let folder = BalancerFolder(root: root, group: group)
    return RuntimeSocket(path: folder.socket, subject: folder.subject, limit: limit)
  }

  /// Ends the group's processes and removes its files, in a cancelled task too.
  func clear(_ folder: BalancerFolder) async throws {
    try await Blocking.run {
      try HAProxyProcess(folder).end()
      try folder.remove()
    }
  }

  func prepare(_ folder: BalancerFolder) async throws -> HAProxyProgram {
    let name = programName
    return try await Blocking.run {
      try folder.checkPath()
      return try HAProxyProgram(named: name, subject: folder.subject)
    }
  }

  func checkListen(_ frontend: Frontend, running: RunningHAProxy?) async throws {
    let endpoint = frontend.listen
    if let running, HAProxyConfiguration.endpoint(in: running.identity) == endpoint.description {
      return
    }
    let subject = "balancer \(frontend.group)"
    if let namespace {
      return try await NamespaceView.checkFree(endpoint, in: namespace, subject: subject)
    }
    try await Blocking.run { try ListenCheck.bind(endpoint, subject: subject) }
  }
}
