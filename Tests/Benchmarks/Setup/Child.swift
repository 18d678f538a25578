import Foundation

/// A program that runs beside the harness, with its output in a file.
final class Child: Sendable {
  private let process = Process()
  let log: String

  init(_ words: [String], environment: [String: String] = [:], log: String) throws {
    self.log = log
    let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Trouble("cannot write \(log)") }
    let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard let path = words[0].hasPrefix("/") ? words[0] : Tool.path(of: words[0]) else {
      throw Trouble("\(words[0]) is not installed")
    }
    process.executableURL = URL(filePath: path)
    process.arguments = Array(words.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try Self.hearingSignals { try process.run() }
  }

  /// Threads of Swift's pool block most signals, and a program inherits that from the one that starts it.
  private static func hearingSignals(_ start: () throws -> Void) throws {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try start()
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  /// Its last words, for error messages.
  var lastWords: String {
    let text = FileManager.default.contents(atPath: log) ?? Data()
    return String(decoding: text.suffix(1500), as: UTF8.self)
  }

  func send(_ number: Int32) {
    if process.isRunning { kill(pid, number) }
  }

  /// Asks it to end, and ends it when it has not done so in time. Succeeds when it has ended already.
  func end(within span: Duration = .seconds(20)) async {
    send(SIGTERM)
    let asked = ContinuousClock.now
    while process.isRunning {
      if asked.duration(to: .now) > span { send(SIGKILL) }
      // Not a cancellable sleep: what was cancelled must be able to end its programs too.
      usleep(10_000)
    }
  }
}
