import CoveyWire

/// What a watch writes: a redrawn view on a terminal, else a line per change.
struct WatchView: Sendable {
  private let isLive: Bool
  private let style: Style
  private var area = LiveArea()
  private var essence: [String] = []
  private let heartbeat: Int?
  private var quietLooks = 0

  /// - Parameter heartbeat: after how many looks without a change a plain line comes all the same.
  init(isLive: Bool, style: Style, heartbeat: Int? = nil) {
    self.isLive = isLive
    self.heartbeat = heartbeat
    self.style = style
  }

  /// The text of one look.
  ///
  /// - Parameters:
  ///   - news: events since the last look.
  ///   - extra: lines above the group's own, such as the demo's load.
  mutating func show(
    _ frame: WatchFrame, news: [EventView], extra: [String] = [], columns: Int, rows: Int
  ) -> String {
    if isLive { return area.draw(extra + frame.lines(style), columns: columns, rows: rows) }
    var lines = news.map { WatchFrame.line($0) }
    quietLooks += 1
    if frame.essence != essence || heartbeat.map({ quietLooks >= $0 }) == true {
      essence = frame.essence
      quietLooks = 0
      lines.append(frame.line)
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
