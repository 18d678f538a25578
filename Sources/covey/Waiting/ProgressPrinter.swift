/// Turns progress into text: one line redrawn on a terminal, else one line per change of stage.
///
/// A value without a clock: every call says how much time has passed.
struct ProgressPrinter: Sendable {
  private let isLive: Bool
  /// Seconds from the start to the deadline.
  private let limit: Double?
  private var latest: ProgressUpdate?
  /// The line on the terminal now.
  private var drawn: String?
  private var hasEnded = false

  init(isLive: Bool, limit: Double?) {
    self.isLive = isLive
    self.limit = limit
  }

  /// Takes note of news.
  ///
  /// - Returns: what to write now; empty when nothing changed.
  mutating func show(_ update: ProgressUpdate, at elapsed: Double, columns: Int) -> String {
    guard !hasEnded else { return "" }
    let isNews = update.stage != latest?.stage || update.title != latest?.title
    latest = update
    if isLive { return redraw(at: elapsed, columns: columns) }
    return isNews ? line(update, elapsed) + "\n" : ""
  }

  /// Draws the line anew, for the elapsed time; empty without a terminal and when it looks the same.
  mutating func redraw(at elapsed: Double, columns: Int) -> String {
    guard isLive, !hasEnded, let latest else { return "" }
    let text = String(line(latest, elapsed).prefix(max(1, columns - 1)))
    guard text != drawn else { return "" }
    drawn = text
    return "\r\(text)\u{1B}[K"
  }

  /// Leaves a clean line behind; nothing is shown afterwards.
  mutating func end() -> String {
    defer { hasEnded = true }
    return drawn != nil && !hasEnded ? "\r\u{1B}[K" : ""
  }

  private func line(_ update: ProgressUpdate, _ elapsed: Double) -> String {
    let steps = update.steps.map { " (\($0))" } ?? ""
    guard isLive else { return "\(update.title): \(update.stage)\(steps)" }
    let amount = update.amount.map { ", \($0)" } ?? ""
    let deadline = limit.map { " of at most \(Units.span($0))" } ?? ""
    let time = Units.span(elapsed.rounded(.down))
    return "\(update.title): \(update.stage)\(steps)\(amount), \(time)\(deadline)"
  }
}
