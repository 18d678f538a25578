import Covey
import Foundation
import Subprocess

/// A short call of a program of the host's: run to its end, its words read.
struct ProgramCall: Sendable {
  /// Everything that is called so answers within milliseconds; one that takes longer hangs.
  static let patience = Duration.seconds(20)

  let words: [String]
  let subject: String

  /// - Returns: whether it said that it succeeded, and what it wrote to both of its outputs.
  /// - Throws: `.unavailable` when it cannot be run or does not end in time; `.cancelled`.
  func run() async throws -> (succeeded: Bool, said: String) {
    let program = words[0]
    do {
      return try await withThrowingTaskGroup(of: (Bool, String).self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            .path(.init(program)), arguments: Arguments(Array(words.dropFirst())),
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

  /// Finds a program in PATH, /usr/sbin, /sbin, /usr/bin and /bin. Blocks.
  ///
  /// - Throws: `.unavailable` with the package that brings it.
  static func find(_ name: String, package: String, subject: String) throws -> String {
    let variable = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders =
      variable.split(separator: ":").map(String.init)
      + ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
    let candidates = folders.map { $0 + "/" + name }
    guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw Problem(
        .unavailable, subject: subject, "there is no program \(name)",
        hint: "install it: apt-get install \(package)")
    }
    return found
  }
}
