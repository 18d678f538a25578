import Covey
import Foundation

/// A HAProxy that answers on a listener's admin socket.
struct RunningHAProxy: Hashable, Sendable {
  let process: Int32
  /// `HAProxyConfiguration.identity` of the configuration it runs.
  let identity: String

  /// - Parameter information: the answer to `show info`; what stands behind its empty line does not matter.
  init?(_ information: String) {
    var values: [Substring: Substring] = [:]
    for line in information.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty, !values.isEmpty { break }
      guard let colon = line.firstIndex(of: ":") else { continue }
      values[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    guard values["Name"] == "HAProxy", let text = values["Pid"], let process = Int32(text) else {
      return nil
    }
    self.process = process
    identity = String(values["description"] ?? "")
  }
}

extension HAProxyBalancer {
  /// `open`, once it is this call's turn.
  func opened(_ listener: Listener) async throws {
    let folder = folder(listener.endpoint)
    let key = try await cookieKey(for: listener)
    let configuration = try HAProxyConfiguration(
      listener, key: key, template: template, namespace: namespace)
    let program = try await prepare(folder)
    if let older = try await running(in: folder) {
      guard older.identity != configuration.identity else {
        return try await renewAll(of: listener, in: folder)
      }
      try await checkListen(listener.endpoint, running: older)
      try await replace(older, by: listener, program, in: folder)
    } else {
      // What is left of a dead or mute process must not hold the port or the folder; one that finishes holds neither.
      let hadProcess = try await exists(folder.path)
      try await DetachedProcess(folder).endListening()
      try await Blocking.run { try folder.tidy() }
      try await awaitPort(listener.endpoint, patience: hadProcess ? .seconds(2) : .zero)
      try await startAfresh(configuration, program, in: folder, isNew: !hadProcess)
    }
  }

  /// The listener's HAProxy as it runs; nil when none does or it does not answer.
  func running(in folder: BalancerFolder) async throws -> RunningHAProxy? {
    guard try await exists(folder.socket) else { return nil }
    let answer: String
    do {
      answer = try await socket(of: folder).ask(.showInfo)
    } catch let problem as Problem where problem.code == .unavailable {
      return nil
    }
    guard let found = RunningHAProxy(answer) else { return nil }
    // Whoever answers must be a process of this listener's, or it is not covey's to replace.
    let isOurs = try await Blocking.run { DetachedProcess(folder).isAlive(found.process) }
    return isOurs ? found : nil
  }

  /// Nothing secret is needed where nobody is sticky.
  private func cookieKey(for listener: Listener) async throws -> String {
    guard listener.frontends.contains(where: \.isSticky) else { return "" }
    let secrets = secrets
    return try await Blocking.run { try CookieKey.make(in: secrets) }
  }

  /// Checks the endpoint, with patience where a process of the listener's has just died: the system
  /// takes its command line away some milliseconds before its sockets.
  private func awaitPort(_ endpoint: Endpoint, patience: Duration) async throws {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        return try await checkListen(endpoint, running: nil)
      } catch let problem as Problem where problem.code == .inUse {
        guard ContinuousClock.now < deadline else { throw problem }
        try await Pause.take(.milliseconds(20), problem.subject)
      }
    }
  }

  private func startAfresh(
    _ configuration: HAProxyConfiguration, _ program: HAProxyProgram, in folder: BalancerFolder,
    isNew: Bool
  ) async throws {
    let finishing = try await Blocking.run { Set(try DetachedProcess(folder).identifiers()) }
    do {
      try await Blocking.run {
        try folder.create()
        try folder.takeCertificates(of: configuration.listener)
        try folder.write(configuration.text, to: folder.candidate)
      }
      try await program.check(folder.candidate, in: folder)
      try await Blocking.run { try folder.promote() }
      try await program.start(in: folder, replacing: nil)
      try await awaitProcess(of: configuration, besides: nil, in: folder)
      try await Blocking.run { try folder.dropCertificates(besides: configuration.listener) }
    } catch {
      // Certificates and counters of an earlier process are what the next try goes on with.
      try await DetachedProcess(folder).end(besides: finishing)
      try await Blocking.run { try isNew ? folder.remove() : folder.tidy() }
      throw error
    }
  }

  /// Has a member begin with another weight: of what it says of itself, HAProxy takes percentages of that.
  ///
  /// - Throws: `.unavailable` where this daemon has not opened the listener yet, since nobody knows then what it is to serve.
  func weigh(_ member: BalancedMember, in frontend: Frontend, _ folder: BalancerFolder) async throws
  {
    guard let listener = listeners[folder.name], let older = try await running(in: folder) else {
      throw Problem(
        .unavailable, subject: folder.subject,
        "member \(member.name) cannot get another weight: its listener is not open",
        hint: "it is opened again by itself; see the group's reason")
    }
    try await replace(
      older, by: listener, try await prepare(folder), in: folder, weighing: member)
  }

  private func replace(
    _ older: RunningHAProxy, by listener: Listener, _ program: HAProxyProgram,
    in folder: BalancerFolder, weighing member: BalancedMember? = nil
  ) async throws {
    let members = try await members(of: listener, weighing: member)
    let configuration = try HAProxyConfiguration(
      listener, key: try await cookieKey(for: listener), template: template, members: members,
      namespace: namespace)
    let (before, served) = try await Blocking.run {
      let before = FileManager.default.contents(atPath: folder.configuration) ?? Data()
      return (String(decoding: before, as: UTF8.self), try folder.takeCertificates(of: listener))
    }
    do {
      try await Blocking.run { try folder.write(configuration.text, to: folder.candidate) }
      try await program.check(folder.candidate, in: folder)
      for frontend in listener.frontends where members[frontend.group] != nil {
        _ = try await statistics(of: frontend)
      }
      await counters.write(folder)
      try await Blocking.run { try folder.promote() }
      try await program.start(in: folder, replacing: older.process)
    } catch {
      // The older process goes on listening when the newer one does not come to be, with its own certificates: the copies
      // are what it serves.
      try await Blocking.run {
        try folder.putBack(served)
        try folder.write(before, to: folder.configuration)
        unlink(folder.candidate)
      }
      throw error
    }
    try await awaitProcess(of: configuration, besides: older, in: folder)
    for frontend in listener.frontends {
      try await control(of: frontend).resume(members[frontend.group] ?? [])
    }
    try await Blocking.run { try folder.dropCertificates(besides: listener) }
  }

  /// The servers of the process that runs, by group; nothing for groups that are new to it. A server in maintenance that
  /// nobody drains is one that was being removed, or never got to be added.
  private func members(of listener: Listener, weighing member: BalancedMember?) async throws
    -> [Name: [RunningServer]]
  {
    var members: [Name: [RunningServer]] = [:]
    for frontend in listener.frontends {
      guard let servers = try await control(of: frontend).serversIfKnown() else { continue }
      let kept = servers.filter { frontend.isSticky || !$0.isInMaintenance || $0.isAgentEnabled }
      members[frontend.group] = kept.map { server in
        server.begins(with: server.member.name == member?.name ? member?.weight : nil)
      }
    }
    return members
  }

  /// Waits until the new process owns the admin socket: for a moment, two share it.
  private func awaitProcess(
    of configuration: HAProxyConfiguration, besides older: RunningHAProxy?,
    in folder: BalancerFolder
  ) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      let found = try await running(in: folder)
      if let found, found.identity == configuration.identity, found.process != older?.process {
        return
      }
      guard ContinuousClock.now < deadline else {
        throw Problem(
          .unavailable, subject: folder.subject,
          "HAProxy started but does not answer on its admin socket as configured",
          hint: "see \(folder.log)")
      }
      try await Pause.take(.milliseconds(10), folder.subject)
    }
  }

  private func exists(_ path: String) async throws -> Bool {
    try await Blocking.run { FileManager.default.fileExists(atPath: path) }
  }
}
