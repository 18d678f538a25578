import Foundation

/// Where text goes, and what it may look like there.
struct Screen: Sendable {
  /// Whether standard output is a terminal.
  let outIsTerminal: Bool
  /// Whether standard error is a terminal; progress is shown there.
  let errIsTerminal: Bool
  /// Whether standard output may have colour.
  let colour: Bool
  /// Columns and rows of the terminal now.
  let size: @Sendable () -> (columns: Int, rows: Int)
  let out: @Sendable (String) -> Void
  let err: @Sendable (String) -> Void

  static let standard: Screen = {
    let environment = ProcessInfo.processInfo.environment
    let outIsTerminal = isatty(STDOUT_FILENO) == 1
    let plain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return Screen(
      outIsTerminal: outIsTerminal, errIsTerminal: isatty(STDERR_FILENO) == 1,
      colour: outIsTerminal && !plain,
      size: { terminalSize() },
      out: { writeAll($0, to: STDOUT_FILENO) },
      err: { writeAll($0, to: STDERR_FILENO) })
  }()

  private static func terminalSize() -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// A reader that went away ends the writing; there is nobody left to tell.
  private static func writeAll(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
