import Covey
import Foundation

/// The processes that run one listener's HAProxy: one, and for a while a second that finishes old
/// connections after a replacement.
///
/// They are known by their command line in /proc, never by the number in a file alone: numbers
/// are used again. Everything here blocks.
struct HAProxyProcess: Sendable {
  let arguments: ArgumentRun
  let subject: String
  /// What it is called in problems.
  let program: String

  init(_ folder: BalancerFolder) {
    self.init(program: "HAProxy", arguments: folder.arguments, subject: folder.subject)
  }

  /// Other processes that outlive covey are found and ended in the same way.
  init(program: String, arguments: [String], subject: String) {
    self.arguments = ArgumentRun(words: arguments)
    (self.program, self.subject) = (program, subject)
  }

  /// Numbers of the living processes that carry the listener's arguments; zombies do not count.
  func identifiers() throws -> [Int32] {
    try Self.all().filter { arguments.appear(in: Self.commandLine(of: $0)) }
  }

  func isAlive(_ identifier: Int32) -> Bool {
    arguments.appear(in: Self.commandLine(of: identifier))
  }

  /// Ends every process of the listener's: SIGTERM, which HAProxy obeys at once, then SIGKILL after
  /// `patience`. Succeeds when there is none.
  ///
  /// - Throws: `.unavailable` when the system forbids it or a killed process does not vanish.
  func end(patience: Duration = .seconds(2)) throws {
    if try end(by: SIGTERM, within: patience) { return }
    if try end(by: SIGKILL, within: patience) { return }
    throw Problem(
      .unavailable, subject: subject, "\(program)'s process does not end, not even by SIGKILL",
      hint: "look at it with: ps -o pid,stat,wchan,args -p \(try identifiers().first ?? 0)")
  }

  /// Has every process stop listening and finish what it has begun; waits up to `patience` for those that have nothing to
  /// finish. HAProxy ends the others at its `hard-stop-after`.
  func finish(patience: Duration = .seconds(2)) throws {
    _ = try end(by: SIGUSR1, within: patience)
  }

  private func end(by signal: Int32, within patience: Duration) throws -> Bool {
    let targets = try identifiers()
    // The command line is read again right before the signal; what is left is a window of
    // microseconds in which a number would have to be used again.
    for target in targets where isAlive(target) {
      guard kill(target, signal) == 0 || errno == ESRCH else {
        throw Problem(
          .unavailable, subject: subject,
          "cannot end \(program)'s process \(target): \(SystemReason.text(errno))",
          hint: "end it as the user who started it: kill \(target)")
      }
    }
    let deadline = ContinuousClock.now + patience
    while targets.contains(where: isAlive) {
      guard ContinuousClock.now < deadline else { return false }
      usleep(5_000)
    }
    return true
  }

  /// Numbers of all processes that /proc shows.
  static func all() throws -> [Int32] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
    } catch {
      throw Problem(
        .unavailable, "cannot list the processes in /proc: \(error)", hint: "mount /proc")
    }
  }

  /// A process's arguments; empty when it is gone, a zombie, or not to be read.
  static func commandLine(of identifier: Int32) -> [String] {
    guard let data = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline") else {
      return []
    }
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Words that must stand side by side in a command line.
struct ArgumentRun: Hashable, Sendable {
  let words: [String]

  func appear(in commandLine: [String]) -> Bool {
    guard commandLine.count >= words.count else { return false }
    return (0...(commandLine.count - words.count)).contains { start in
      commandLine[start..<(start + words.count)].elementsEqual(words)
    }
  }
}
