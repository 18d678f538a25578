import CoveyWire
import Foundation

/// The terminal in raw mode for as long as a closure runs.
enum ConsoleTerminal {
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Runs the work with raw keys and puts the terminal back, however the work ends; without a terminal it just runs.
  static func whileRaw<Result>(_ work: () throws -> Result) throws -> Result {
    guard isTerminal else { return try work() }
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw ErrorView(
        code: "unavailable", message: "the terminal does not tell its settings", subject: "console",
        hint: "run it in an ordinary terminal")
    }
    var raw = before
    cfmakeraw(&raw)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
    return try work()
  }
}
