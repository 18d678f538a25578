import Covey

/// The haproxy executable: found, asked to check a configuration, started.
struct HAProxyProgram: Sendable {
  let path: String

  /// - Throws: `.unavailable` when there is none that this user may execute. Blocks.
  init(named name: String?, subject: String) throws {
    path = try ProgramCall.find("haproxy", at: name, package: "haproxy", subject: subject)
  }

  /// - Throws: `.unavailable` with HAProxy's own words when it refuses the configuration.
  func check(_ file: String, in folder: BalancerFolder) async throws {
    let (succeeded, said) = try await run(["-c", "-C", folder.path, "-f", file], in: folder)
    guard succeeded else {
      throw Problem(
        .unavailable, subject: folder.subject,
        "\(path) refuses the configuration: \(Self.complaint(in: said))",
        hint: "covey needs HAProxy 2.6 or later; compare: haproxy -v")
    }
  }

  /// Starts HAProxy as a daemon in a session of its own; it listens when this returns.
  ///
  /// - Parameter older: the process whose sockets it takes over and which it tells to finish.
  /// - Throws: `.inUse`, `.invalid` or `.unavailable` by what HAProxy says; then it has ended.
  func start(in folder: BalancerFolder, replacing older: Int32?) async throws {
    let takeover = older.map { ["-x", folder.socket, "-sf", "\($0)"] } ?? []
    let (succeeded, said) = try await run(folder.arguments + takeover, in: folder)
    guard succeeded else { throw Self.problem(said, subject: folder.subject) }
  }

  private func run(
    _ arguments: [String], in folder: BalancerFolder
  ) async throws -> (succeeded: Bool, said: String) {
    try await ProgramCall(words: [path] + arguments, subject: folder.subject, log: folder.log).run()
  }

  /// What HAProxy's words at a failed start mean.
  static func problem(_ said: String, subject: String) -> Problem {
    let complaint = complaint(in: said)
    let cases: [(words: String, code: Problem.Code, hint: String)] = [
      ("Address already in use", .inUse, "end the other program or choose another port"),
      ("Cannot assign requested address", .invalid, "choose an address of this host: ip address"),
      ("Permission denied", .invalid, "choose a port of 1024 or above"),
    ]
    let known = cases.first { said.contains($0.words) }
    return Problem(
      known?.code ?? .unavailable, subject: subject, "HAProxy does not start: \(complaint)",
      hint: known?.hint ?? "try it by hand with the configuration of the group")
  }

  /// The first line that HAProxy marks as an alert, without its mark; else the last line.
  static func complaint(in said: String) -> String {
    let lines = said.split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("[ALERT]") }) ?? lines.last else {
      return "it says nothing"
    }
    let words = line.split(separator: " : ", maxSplits: 1)
    return String(words.last ?? line)
  }
}
