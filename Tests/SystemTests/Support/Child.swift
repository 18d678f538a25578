import Foundation

/// A program that runs beside the test, with its output in a file.
final class Child: Sendable {
  private let process = Process()
  private let ending: AsyncStream<Void>
  let log: String

  init(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, log: String
  ) throws {
    self.log = log
    let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Unexpected("cannot write \(log)") }
    let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let (ending, continuation) = AsyncStream<Void>.makeStream()
    self.ending = ending
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    process.terminationHandler = { _ in continuation.finish() }
    try Self.hearingSignals { try process.run() }
  }

  /// Threads of the test block most signals, and a program inherits that from the one that starts it.
  private static func hearingSignals(_ start: () throws -> Void) throws {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try start()
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var output: String {
    String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
  }

  func send(_ signal: Int32) {
    if process.isRunning { kill(pid, signal) }
  }

  /// Waits until it has ended, however it ended, and may be asked again.
  ///
  /// - Returns: its exit status, or the signal's number when one ended it.
  @discardableResult func end() async -> Int32 {
    for await _ in ending {}
    return process.terminationStatus
  }
}
