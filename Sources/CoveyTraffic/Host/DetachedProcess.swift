import Covey
import Foundation

/// The processes of one program that covey starts and that outlive it: the HAProxy of a listener, which may be two after a
/// replacement while the first finishes old connections; a name server; a keepalived.
///
/// They are known by their command line in /proc, never by the number in a file alone: numbers are used again. What is not
/// `async` blocks.
struct DetachedProcess: Sendable {
  let arguments: ArgumentRun
  let subject: String
  /// What it is called in problems.
  let program: String

  /// A listener's HAProxy.
  init(_ folder: BalancerFolder) {
    self.init(program: "HAProxy", arguments: folder.arguments, subject: folder.subject)
  }

  init(program: String, arguments: [String], subject: String) {
    self.arguments = ArgumentRun(words: arguments)
    (self.program, self.subject) = (program, subject)
  }

  /// Numbers of the living processes that carry the arguments; zombies do not count.
  func identifiers() throws -> [Int32] {
    try Self.all().filter { arguments.appear(in: Self.commandLine(of: $0)) }
  }

  func isAlive(_ identifier: Int32) -> Bool {
    arguments.appear(in: Self.commandLine(of: identifier))
  }

  /// Those that still listen, for clients or for commands; one that was told to finish, and does, listens for neither
  /// (HAProxy 2.6.12).
  ///
  /// The system's tables are read three times: while others change them, a line may be missing.
  func listening() async throws -> [Int32] {
    var found: Set<Int32> = []
    for round in 1...3 {
      let silent = try await Blocking.run { [found] in
        let sockets = PortOwner.listeningSockets()
        return try identifiers().filter { !found.contains($0) }
          .map { ($0, PortOwner.holds($0, sockets)) }
      }
      found.formUnion(silent.filter(\.1).map(\.0))
      guard silent.contains(where: { !$0.1 }), round < 3 else { break }
      try await Pause.insist(.milliseconds(10))
    }
    return found.sorted()
  }

  /// Ends every process but these, in a cancelled task too: SIGTERM, then SIGKILL after `patience`. Succeeds when there is
  /// none.
  ///
  /// - Throws: `.unavailable` when the system forbids it or a killed process does not vanish.
  func end(besides spared: Set<Int32> = [], patience: Duration = .seconds(2)) async throws {
    let targets = try await others(than: spared)
    for signal in [SIGTERM, SIGKILL] {
      if try await end(targets, by: signal, within: patience) { return }
    }
    throw Problem(
      .unavailable, subject: subject, "\(program)'s process does not end, not even by SIGKILL",
      hint: "look at it with: ps -o pid,stat,wchan,args -p \(targets.first ?? 0)")
  }

  /// The same, but those that were told to finish have the time that they were promised.
  func endListening() async throws {
    let listening = Set(try await listening())
    try await end(besides: Set(try await others(than: listening)))
  }

  private func others(than spared: Set<Int32>) async throws -> [Int32] {
    try await Blocking.run { try identifiers().filter { !spared.contains($0) } }
  }

  /// Has every process stop listening and finish what it has begun; waits up to `patience` for those that have nothing to
  /// finish. HAProxy ends the others at its `hard-stop-after`.
  func finish(patience: Duration = .seconds(2)) async throws {
    _ = try await end(try await others(than: []), by: SIGUSR1, within: patience)
  }

  /// Waits on no thread that others need.
  private func end(_ targets: [Int32], by signal: Int32, within patience: Duration) async throws
    -> Bool
  {
    try await Blocking.run { try send(signal, to: targets) }
    let deadline = ContinuousClock.now + patience
    while try await Blocking.run({ targets.contains(where: isAlive) }) {
      guard ContinuousClock.now < deadline else { return false }
      try await Pause.insist(.milliseconds(5))
    }
    return true
  }

  private func send(_ signal: Int32, to targets: [Int32]) throws {
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
