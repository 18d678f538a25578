import ArgumentParser
import CoveyWire
import Foundation

/// The one place that turns an error into words and an exit status.
struct Failure {
  /// What kind of end it is.
  enum Kind {
    /// Help or another text that was asked for; not a failure at all.
    case help(String)
    /// Wrong usage in ArgumentParser's words.
    case usage(String)
    case interrupted(Interrupted)
    case refused(ErrorView)
  }

  let kind: Kind
  let status: Int32

  init(_ error: any Error) {
    switch error {
    case let view as ErrorView:
      kind = .refused(view)
      status = ErrorTable.row(view.code).exitStatus
    case let interrupted as Interrupted:
      kind = .interrupted(interrupted)
      status = interrupted.status
    case is CancellationError:
      let interrupted = Interrupted(signal: SIGINT, note: "")
      kind = .interrupted(interrupted)
      status = interrupted.status
    default:
      (kind, status) = Self.parsing(error)
    }
  }

  /// ArgumentParser keeps its errors to itself: it knows their text and status, and no others.
  private static func parsing(_ error: any Error) -> (Kind, Int32) {
    let code = CoveyCommand.exitCode(for: error)
    if code == .success { return (.help(CoveyCommand.fullMessage(for: error)), 0) }
    if code == .validationFailure {
      return (.usage(CoveyCommand.fullMessage(for: error)), code.rawValue)
    }
    let view = ErrorView(
      code: "internal", message: "\(error)", subject: "covey",
      hint: "this is a fault in covey; please report it with the command that you ran")
    return (.refused(view), ErrorTable.row("internal").exitStatus)
  }

  /// What standard error gets, newline at the end.
  func text(as format: Format) -> String {
    switch kind {
    case .help(let text): text + "\n"
    case .usage(let text):
      Self.text(
        ErrorView(
          code: "invalid", message: Self.firstLine(text), subject: "covey",
          hint: "see: covey --help"), as: format)
    case .interrupted(let interrupted):
      interrupted.note.isEmpty ? "" : "\ncovey: \(interrupted.note)\n"
    case .refused(let view): Self.text(view, as: format)
    }
  }

  static func text(_ view: ErrorView, as format: Format) -> String {
    let table = {
      let hint = view.hint.isEmpty ? "" : "  hint: \(view.hint)\n"
      return "covey: \(view.message) (\(view.code))\n" + hint
    }
    do {
      return try format.text(ErrorBody(error: view), table: table)
    } catch {
      return table()
    }
  }

  private static func firstLine(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? text
    return line.hasPrefix("Error: ") ? String(line.dropFirst(7)) : line
  }
}
