import Covey
import Foundation
import Subprocess

/// A short call of a program of the host's: run to its end, its words read.
struct ProgramCall: Sendable {
  /// Everything that is called so ends within milliseconds, as a daemon or for good; one that takes longer hangs.
  static let patience = Duration.seconds(20)

  let words: [String]
  let subject: String
  /// A file that the program has as descriptor 3 and appends to: a daemon loses 0 to 2 (seen with HAProxy 2.6).
  var log: String?

  private var called: [String] {
    guard let log else { return words }
    return ["/bin/sh", "-c", "exec \"$@\" 3>>\"$0\"", log] + words
  }

  /// - Returns: whether it said that it succeeded, and what it wrote to both of its outputs.
  /// - Throws: `.unavailable` when it cannot be run or does not end in time; `.cancelled`.
  func run() async throws -> (succeeded: Bool, said: String) {
    let program = words[0]
    do {
      return try await withThrowingTaskGroup(of: (Bool, String).self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            .path(.init(called[0])), arguments: Arguments(Array(called.dropFirst())),
            output: .string(limit: 1 << 20), error: .combinedWithOutput)
          return (result.terminationStatus.isSuccess, result.standardOutput)
        }
        group.addTask {
          try await Task.sleep(for: Self.patience)
          throw Problem(
            .unavailable, subject: subject,
            "\(program) did not come to an end within \(Self.patience.text)",
            hint: "try it by hand: \(words.joined(separator: " "))")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
      }
    } catch let problem as Problem {
      throw problem
    } catch is CancellationError {
      throw Problem(.cancelled, subject: subject, "the call of \(program) was cancelled")
    } catch {
      throw Problem(
        .unavailable, subject: subject, "cannot run \(program): \(error)",
        hint: "check the program, or install it again")
    }
  }

  /// Finds a program: the one at a path, else the first of its name in PATH, /usr/sbin, /sbin, /usr/bin and /bin, some of
  /// which users' paths often lack. Blocks.
  ///
  /// - Throws: `.unavailable` with the package that brings it, when there is none that this user may execute.
  static func find(_ name: String, at path: String? = nil, package: String, subject: String)
    throws -> String
  {
    let variable = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders =
      variable.split(separator: ":").map(String.init)
      + ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
    let candidates = path.map { [$0] } ?? folders.map { $0 + "/" + name }
    guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw Problem(
        .unavailable, subject: subject, "there is no program \(path ?? name)",
        hint: "install it: apt-get install \(package)")
    }
    return found
  }
}
