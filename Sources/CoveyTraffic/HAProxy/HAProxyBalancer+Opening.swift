import Covey
import Foundation

/// A HAProxy that answers on a group's admin socket.
struct RunningHAProxy: Hashable, Sendable {
  let process: Int32
  /// `HAProxyConfiguration.identity` of the configuration it runs.
  let identity: String

  /// - Parameter information: the answer to `show info`.
  init?(_ information: String) {
    var values: [Substring: Substring] = [:]
    for line in information.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      values[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    guard let text = values["Pid"], let process = Int32(text) else { return nil }
    self.process = process
    identity = String(values["description"] ?? "")
  }
}

extension HAProxyBalancer {
  /// `open`, once it is this call's turn.
  func opened(_ frontend: Frontend) async throws {
    let folder = BalancerFolder(root: root, group: frontend.group)
    let configuration = try HAProxyConfiguration(frontend, namespace: namespace)
    let program = try await prepare(folder)
    if let older = try await running(in: folder) {
      guard older.identity != configuration.identity else { return }
      try await checkListen(frontend, running: older)
      try await replace(older, by: frontend, program, in: folder)
    } else {
      // What is left of a dead or mute process must not hold the port or the folder.
      let hadProcess = try await exists(folder.path)
      try await clear(folder)
      try await awaitPort(of: frontend, patience: hadProcess ? .seconds(2) : .zero)
      try await startAfresh(configuration, program, in: folder)
    }
  }

  /// The group's HAProxy as it runs; nil when none does or it does not answer.
  func running(in folder: BalancerFolder) async throws -> RunningHAProxy? {
    guard try await exists(folder.socket) else { return nil }
    let answer: String
    do {
      answer = try await socket(of: folder.group).ask(.showInfo)
    } catch let problem as Problem where problem.code == .unavailable {
      return nil
    }
    guard let found = RunningHAProxy(answer) else { return nil }
    // Whoever answers must be a process of this group's, or it is not covey's to replace.
    let isOurs = try await Blocking.run { HAProxyProcess(folder).isAlive(found.process) }
    return isOurs ? found : nil
  }

  /// Checks the endpoint, with patience where a process of the group's has just died: the system
  /// takes its command line away some milliseconds before its sockets.
  private func awaitPort(of frontend: Frontend, patience: Duration) async throws {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        return try await checkListen(frontend, running: nil)
      } catch let problem as Problem where problem.code == .inUse {
        guard ContinuousClock.now < deadline else { throw problem }
        try await pause(.milliseconds(20), problem.subject)
      }
    }
  }

  private func startAfresh(
    _ configuration: HAProxyConfiguration, _ program: HAProxyProgram, in folder: BalancerFolder
  ) async throws {
    do {
      try await Blocking.run {
        try folder.create()
        try folder.write(configuration.text, to: folder.candidate)
      }
      try await program.check(folder.candidate, in: folder)
      try await Blocking.run { try folder.promote() }
      try await program.start(in: folder, replacing: nil)
      try await awaitIdentity(configuration.identity, in: folder)
    } catch {
      try await clear(folder)
      throw error
    }
  }

  private func replace(
    _ older: RunningHAProxy, by frontend: Frontend, _ program: HAProxyProgram,
    in folder: BalancerFolder
  ) async throws {
    let group = frontend.group
    let answer = try await socket(of: group).ask(.showServers(of: group))
    // A member in maintenance is one that was being removed, or never got to be added.
    let servers = try TrafficTable.servers(of: group, in: answer).filter { !$0.isInMaintenance }
    let configuration = try HAProxyConfiguration(
      frontend, members: servers.map(\.member), namespace: namespace)
    let before = try await Blocking.run {
      let before = FileManager.default.contents(atPath: folder.configuration) ?? Data()
      try folder.write(configuration.text, to: folder.candidate)
      return String(decoding: before, as: UTF8.self)
    }
    do {
      try await program.check(folder.candidate, in: folder)
      try await Blocking.run { try folder.promote() }
      try await program.start(in: folder, replacing: older.process)
    } catch {
      // The older process goes on listening when the newer one does not come to be.
      try await Blocking.run {
        try folder.write(before, to: folder.configuration)
        unlink(folder.candidate)
      }
      throw error
    }
    try await awaitIdentity(configuration.identity, in: folder)
    for server in servers where !server.isReady {
      try await perform([.set(.drain, server.member.name, of: group)], in: group)
    }
  }

  /// Waits until the process with this identity owns the admin socket: for a moment, two share it.
  private func awaitIdentity(_ identity: String, in folder: BalancerFolder) async throws {
    let deadline = ContinuousClock.now + limit
    while try await running(in: folder)?.identity != identity {
      guard ContinuousClock.now < deadline else {
        throw Problem(
          .unavailable, subject: folder.subject,
          "HAProxy started but does not answer on its admin socket as configured",
          hint: "see \(folder.log)")
      }
      try await pause(.milliseconds(10), folder.subject)
    }
  }

  private func exists(_ path: String) async throws -> Bool {
    try await Blocking.run { FileManager.default.fileExists(atPath: path) }
  }

  func pause(_ span: Duration, _ subject: String) async throws {
    do {
      try await Task.sleep(for: span)
    } catch {
      throw Problem(.cancelled, subject: subject, "the wait for HAProxy was cancelled")
    }
  }
}
