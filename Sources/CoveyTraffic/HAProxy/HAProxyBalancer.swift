import Covey
import CoveyEngine
import Foundation

/// Serves each listener by a HAProxy process of its own, which outlives covey.
///
/// A listener's files are in `FOLDER/ADDRESS-PORT/`: haproxy.cfg, admin.sock (for this user only),
/// haproxy.pid, haproxy.log (starts and members' ups and downs), counters.json, and GROUP.pem where there is TLS. This value
/// keeps in memory whose turn it is, what was counted, and what its listeners were last opened with, which tells a group's
/// changes from its neighbours'. What runs is learnt from the process itself, so that a daemon started later finds
/// everything as it was.
///
/// Calls on one listener are made one after the other; calls on several run side by side. None
/// blocks the caller's thread, and each ends: HAProxy has 5 s for a command and 20 s to start.
/// Needs HAProxy 2.6 or later, for servers that come and go over the admin socket.
public struct HAProxyBalancer: Balancer {
  let root: String
  let programName: String?
  let template: HAProxyTemplate
  let turns = Turns<String>()
  let counters = CounterBook()
  let listeners = OpenListeners()
  /// How long HAProxy has for a command.
  let limit: Duration
  /// The network namespace in which its listeners are; nil is covey's own.
  let namespace: String?
  /// Where the key of sticky cookies lies.
  let secrets: String

  /// - Parameters:
  ///   - folder: holds one folder per listener; made when needed, relative to the working folder.
  ///   - template: what configurations are rendered from; nil is covey's own.
  ///   - program: path of the haproxy executable; nil looks in PATH, /usr/sbin and /sbin. It is
  ///     looked for when a listener is opened, so that a missing one fails no earlier.
  public init(folder: String, template: HAProxyTemplate? = nil, program: String? = nil) throws {
    self.init(
      folder: folder, template: try template ?? HAProxyTemplate(), program: program,
      limit: RuntimeSocket.usualLimit)
  }

  /// - Parameters:
  ///   - namespace: the network namespace in which clients come, by its name; nil is covey's own. Members are reached
  ///     from covey's own in any case.
  ///   - secrets: the folder of what several of these share, so that a cookie of one is one of all; nil is `folder`.
  init(
    folder: String, template: HAProxyTemplate, program: String?, limit: Duration,
    namespace: String? = nil, secrets: String? = nil
  ) {
    self.namespace = namespace
    self.secrets = secrets ?? URL(fileURLWithPath: folder).standardizedFileURL.path
    root = URL(fileURLWithPath: folder).standardizedFileURL.path
    programName = program
    self.template = template
    self.limit = limit
  }

  /// Makes sure that the listener's HAProxy runs and serves just these groups.
  ///
  /// A process that runs already with the same configuration is kept. One that differs is replaced without refusing a
  /// request: the new one takes over its sockets, members and counters, and the old one finishes what it has begun within
  /// 90 s. One that does not answer its admin socket in time is ended, and its
  /// members must be entered again. A failed call leaves what ran before, or else no process.
  ///
  /// - Throws: `.inUse` with the process that holds the port if it can be learnt; `.invalid` for
  ///   an address that is not this host's, a low port that is not this user's, a health path that
  ///   is none, a certificate that is none and a folder too deep for a socket; `.unavailable` when there is no HAProxy, or it
  ///   refuses the configuration or does not start; `.noSpace`.
  public func open(_ listener: Listener) async throws {
    let folder = folder(listener.endpoint)
    try await turns.run(folder.name) {
      try await opened(listener)
      listeners[folder.name] = listener
    }
  }

  /// Checks, before anything is made, that the listener could be opened: program, folder, health
  /// paths, certificates, and that the address is this host's and the port free.
  ///
  /// A certificate must be good where there is no copy of it that could be served, or where this daemon has not opened the
  /// listener with it: a neighbour's that has expired refuses nobody's change.
  ///
  /// The port counts as free when the listener's own HAProxy holds it. Another program can still
  /// take it before `open`, which checks again.
  ///
  /// - Throws: as `open`, as far as it can be known in advance.
  public func preflight(_ listener: Listener) async throws {
    let folder = folder(listener.endpoint)
    _ = try HAProxyConfiguration(
      listener, key: "", template: template, namespace: namespace)
    _ = try await prepare(folder)
    let known = listeners[folder.name]?.frontends ?? []
    try await Blocking.run {
      for frontend in listener.frontends {
        guard let path = frontend.certificate else { continue }
        let isKnown = known.contains { $0.group == frontend.group && $0.certificate == path }
        guard !isKnown || !folder.hasCertificate(of: frontend.group) else { continue }
        _ = try CertificateFile(path: path)
      }
    }
    try await checkListen(listener.endpoint, running: try? await running(in: folder))
  }

  /// Ends a listener: it listens no more at once, and connections under way have until `hard-stop-after`, 90 s, to end.
  /// Removes its folder. Succeeds when there is neither.
  ///
  /// A process that does not answer its admin socket is ended by force.
  ///
  /// - Throws: `.unavailable` when the system forbids it, or a killed process has not vanished
  ///   after 2 s more.
  public func close(_ endpoint: Endpoint) async throws {
    let folder = folder(endpoint)
    try await turns.run(folder.name) {
      if try await running(in: folder) != nil {
        try await DetachedProcess(folder).finish()
        try await Blocking.run { try folder.remove() }
      } else {
        try await clear(folder)
      }
      await counters.forget(folder)
      listeners[folder.name] = nil
    }
  }

  /// Ends listeners that an earlier daemon left and no group needs any more, by force, those of earlier versions that were
  /// kept by group included.
  ///
  /// What cannot be ended keeps its folder, so that the next call finds it again. Files, links
  /// and folders whose names covey never gave are left alone. A listener that is opened meanwhile
  /// must be among these.
  ///
  /// - Throws: the first failure, after all have been tried.
  public func close(besides endpoints: Set<Endpoint>) async throws {
    let root = root
    let kept = Set(endpoints.map { folder($0).name })
    let found = try await Blocking.run { BalancerFolder.all(in: root) }
    let failures = await withTaskGroup(of: (any Error)?.self) { tasks in
      for folder in found where !kept.contains(folder.name) {
        tasks.addTask {
          do { try await turns.run(folder.name) { try await clear(folder) } } catch { return error }
          return nil
        }
      }
      var failures: [any Error] = []
      for await failure in tasks { if let failure { failures.append(failure) } }
      return failures
    }
    if let first = failures.first { throw first }
  }

  public func enter(_ member: BalancedMember, in frontend: Frontend) async throws {
    let folder = folder(frontend.listen)
    try await turns.run(folder.name) {
      switch try await control(of: frontend).enter(member) {
      case .done: return
      case .beganWithAnotherWeight: try await weigh(member, in: frontend, folder)
      }
    }
  }

  public func drain(_ member: Name, in frontend: Frontend) async throws {
    try await whereOneRuns(frontend) { try await $0.drain(member) }
  }

  public func leave(_ member: Name, in frontend: Frontend) async throws {
    try await whereOneRuns(frontend) { try await $0.remove(member) }
  }

  /// - Throws: `.unavailable` when HAProxy does not answer in time or in full.
  public func statistics(of frontend: Frontend) async throws -> TrafficStatistics {
    let folder = folder(frontend.listen)
    let answer = try await socket(of: folder).ask([.showInfo, .showStatistics])
    let statistics = try TrafficTable.statistics(of: frontend.group, in: answer)
    guard let process = RunningHAProxy(answer)?.process else { return statistics }
    return await counters.total(statistics, of: frontend.group, by: process, in: folder)
  }

  /// Runs the body, whose silence from HAProxy is a failure only while a process of the listener's
  /// is there. It is looked for afterwards, so that one that dies half-way counts as gone too.
  private func whereOneRuns(
    _ frontend: Frontend, _ body: @Sendable (BackendControl) async throws -> Void
  ) async throws {
    let folder = folder(frontend.listen)
    try await turns.run(folder.name) {
      do {
        try await body(control(of: frontend))
      } catch let problem as Problem where problem.code == .unavailable {
        // One that finishes what it has begun takes no commands, and its members go with it.
        guard try await DetachedProcess(folder).listening().isEmpty else { throw problem }
      }
    }
  }

  func folder(_ endpoint: Endpoint) -> BalancerFolder {
    BalancerFolder(root: root, listen: endpoint)
  }

  func socket(of folder: BalancerFolder) -> RuntimeSocket {
    RuntimeSocket(path: folder.socket, subject: folder.subject, limit: limit)
  }

  func control(of frontend: Frontend) async throws -> BackendControl {
    // In TCP a client is known by its address, and no cookie is made.
    let secrets = secrets
    let key = frontend.isSticky ? try await Blocking.run { try CookieKey.read(in: secrets) } : nil
    return BackendControl(socket(of: folder(frontend.listen)), frontend, cookieKey: key)
  }

  /// Ends the listener's processes and removes its files, in a cancelled task too.
  func clear(_ folder: BalancerFolder) async throws {
    try await DetachedProcess(folder).end()
    try await Blocking.run { try folder.remove() }
    await counters.forget(folder)
  }

  func prepare(_ folder: BalancerFolder) async throws -> HAProxyProgram {
    let name = programName
    return try await Blocking.run {
      try folder.checkPath()
      return try HAProxyProgram(named: name, subject: folder.subject)
    }
  }

  func checkListen(_ endpoint: Endpoint, running: RunningHAProxy?) async throws {
    if let running, HAProxyConfiguration.endpoint(in: running.identity) == endpoint.description {
      return
    }
    let subject = "balancer \(endpoint)"
    if let namespace {
      return try await NamespaceView.checkFree(endpoint, in: namespace, subject: subject)
    }
    try await Blocking.run { try ListenCheck.bind(endpoint, subject: subject) }
  }
}
