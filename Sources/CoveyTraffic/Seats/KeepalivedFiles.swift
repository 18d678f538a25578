import Covey
import Foundation

/// The keepalived of one seat: its files, its processes, and how it is started.
struct KeepalivedFiles: Sendable {
  let folder: String
  let subject: String

  var configuration: String { "\(folder)/keepalived.conf" }
  var candidate: String { "\(folder)/keepalived.conf.next" }
  var log: String { "\(folder)/keepalived.log" }
  var pid: String { "\(folder)/keepalived.pid" }

  /// The arguments that identify its processes.
  var arguments: [String] {
    [
      "--vrrp", "--dont-fork", "--log-console", "--no-syslog", "--use-file=\(configuration)",
      "--pid=\(pid)", "--vrrp_pid=\(folder)/vrrp.pid",
    ]
  }

  var processes: DetachedProcess {
    DetachedProcess(program: "keepalived", arguments: arguments, subject: subject)
  }

  /// Whether any of its processes is stopped by a signal: it is alive and does nothing. Blocks.
  func isStopped(_ process: Int32) -> Bool {
    let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
    // The command, in parentheses, may hold anything; the state follows the last one.
    let text = String(decoding: data, as: UTF8.self)
    return text.split(separator: ")").last?.split(separator: " ").first == "T"
  }

  /// Writes a configuration, when it is another one, after keepalived has checked it in the namespace.
  ///
  /// - Returns: whether it was another one.
  /// - Throws: `.unavailable` with keepalived's own words when it refuses it; the older one stays.
  func write(_ text: String, in namespace: String) async throws -> Bool {
    let isNew = try await Blocking.run {
      guard FileManager.default.contents(atPath: configuration) != Data(text.utf8) else {
        return false
      }
      try StateFile.reporting("write \(candidate)", subject: subject) {
        try Data(text.utf8).write(to: URL(fileURLWithPath: candidate), options: .atomic)
      }
      return true
    }
    guard isNew else { return false }
    let words = try await words(in: namespace, ["--config-test", "--use-file=\(candidate)"])
    let (succeeded, said) = try await ProgramCall(words: words, subject: subject).run()
    guard succeeded else {
      throw Problem(
        .unavailable, subject: subject,
        "keepalived refuses the configuration: \(said.split(separator: "\n").first ?? "")",
        hint: "covey needs keepalived 2.2 or later; compare: keepalived -v")
    }
    try await Blocking.run {
      guard rename(candidate, configuration) == 0 else {
        throw Problem(
          .unavailable, subject: subject,
          "cannot rename \(candidate): \(SystemReason.text(errno))", hint: "check the state folder")
      }
    }
    return true
  }

  /// Starts keepalived in the namespace, in a session of its own, its words going to the log.
  func start(in namespace: String) async throws {
    let words = try await words(in: namespace, arguments)
    let script = "setsid \"$@\" >>\"$0\" 2>&1 </dev/null &"
    let call = ProgramCall(words: ["/bin/sh", "-c", script, log] + words, subject: subject)
    let (succeeded, said) = try await call.run()
    guard succeeded else {
      throw Problem(
        .unavailable, subject: subject, "keepalived does not start: \(said)", hint: "see \(log)")
    }
  }

  private func words(in namespace: String, _ arguments: [String]) async throws -> [String] {
    try await Blocking.run {
      let nsenter = try ProgramCall.find("nsenter", package: "util-linux", subject: subject)
      let program = try ProgramCall.find("keepalived", package: "keepalived", subject: subject)
      return [nsenter, "--net=\(NamespaceView.file(of: namespace))", "--", program] + arguments
    }
  }

  /// Has keepalived read its configuration again; it keeps the address meanwhile. Blocks.
  func reload() {
    let text = FileManager.default.contents(atPath: pid) ?? Data()
    let number = String(decoding: text, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard let process = Int32(number), processes.isAlive(process) else { return }
    kill(process, SIGHUP)
  }
}
