import Covey
import Foundation
import Subprocess

/// The haproxy executable: found, asked to check a configuration, started.
struct HAProxyProgram: Sendable {
  /// HAProxy checks and daemonizes within some 50 ms; one that takes longer hangs.
  static let patience = Duration.seconds(20)

  let path: String

  /// Finds the program: the one named, else the first `haproxy` in PATH, /usr/sbin or /sbin,
  /// which users' paths often lack. Blocks.
  ///
  /// - Throws: `.unavailable` when there is none that this user may execute.
  init(named name: String?, subject: String) throws {
    let variable = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = variable.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    let candidates = name.map { [$0] } ?? folders.map { $0 + "/haproxy" }
    guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw Problem(
        .unavailable, subject: subject, "there is no HAProxy program (\(name ?? "haproxy"))",
        hint: "install it: apt-get install haproxy")
    }
    path = found
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

  /// Runs the program with its log open as descriptor 3: a daemon loses 0 to 2 (seen with 2.6).
  private func run(
    _ arguments: [String], in folder: BalancerFolder
  ) async throws -> (succeeded: Bool, said: String) {
    let script = ["-c", "exec \"$@\" 3>>\"$0\"", folder.log, path]
    do {
      return try await withThrowingTaskGroup(of: (Bool, String).self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(script + arguments),
            output: .string(limit: 64 << 10), error: .combinedWithOutput)
          return (result.terminationStatus.isSuccess, result.standardOutput)
        }
        group.addTask {
          try await Task.sleep(for: Self.patience)
          throw Problem(
            .unavailable, subject: folder.subject,
            "\(path) did not come to an end within \(Self.patience.text)",
            hint: "try it by hand: \(path) -c -f \(folder.configuration)")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
      }
    } catch let problem as Problem {
      throw problem
    } catch is CancellationError {
      throw Problem(.cancelled, subject: folder.subject, "the start of HAProxy was cancelled")
    } catch {
      throw Problem(
        .unavailable, subject: folder.subject, "cannot run \(path): \(error)",
        hint: "check the program, or install it: apt-get install haproxy")
    }
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
